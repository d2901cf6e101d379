"""An Alexa custom skill as pure translation: requests to turns, replies to responses, the catalogue to a skill."""
