// Speaks with a skill through virtual-alexa: the conversation as JSON on standard input, each response as a line out.
const { VirtualAlexa } = require("virtual-alexa");

async function answer(alexa, step) {
  if (step.confirm) {
    return alexa.request().intent(step.confirm, step.status).send();
  }
  return step.launch ? alexa.launch() : alexa.utter(step.utter);
}

async function converse({ url, skill, model, token, behind, steps }) {
  const alexa = VirtualAlexa.Builder().applicationID(skill).skillURL(url).interactionModel(model).locale("en-US").create();
  alexa.context().setAccessToken(token);
  // The shop lives on another day.
  alexa.filter((request) => {
    request.request.timestamp = new Date(Date.now() - behind).toISOString();
  });
  for (const step of steps) {
    await new Promise((resolve) => setTimeout(resolve, step.wait || 0));
    const response = await answer(alexa, step);
    console.log(JSON.stringify({ sessionAttributes: response.sessionAttributes, response: response.response }));
  }
}

const given = [];
process.stdin.on("data", (part) => given.push(part));
process.stdin.on("end", () =>
  converse(JSON.parse(Buffer.concat(given).toString())).catch((error) => {
    console.error(error);
    process.exit(1);
  }),
);
