"""The skill as a device meets it: signed requests over HTTP, the sample shop behind."""

from __future__ import annotations

from typing import Any

import pytest

from assistant.pipeline import Assistant
from tests.assistant.amazon import Amazon, Device, skill, speech
from tests.shops import NOW, Shops

COFFEE = ("coffee", "COF-DARK-500")
OAT_MILK = ("oat milk", "MLK-OAT-1L")


def directive(response: dict[str, Any], kind: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = [one for one in response["response"].get("directives", ()) if one["type"] == kind]
    assert len(found) <= 1
    return found[0] if found else {}


def is_open(response: dict[str, Any]) -> bool:
    return response["response"]["shouldEndSession"] is False


def test_opening_the_skill_greets_and_listens(shops: Shops, amazon: Amazon) -> None:
    with skill(shops.assistant(), amazon) as device:
        response = device.launch()
        assert speech(response).endswith(
            "running low on Dark Roast Coffee Beans at 13 dollars and 99 cents. Shall I add it?"
        )
        assert is_open(response)
        assert "?" in response["response"]["reprompt"]["outputSpeech"]["ssml"]
        device.intent("AMAZON.NoIntent")
        assert "running low" not in speech(device.launch())


def test_a_purchase_is_read_back_and_ordered_after_a_yes(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant()
    with skill(assistant, amazon) as device:
        device.launch()
        assert "2 times Oat Milk" in speech(device.intent("AddProductIntent", product=OAT_MILK, quantity="2"))
        asked = device.intent("CheckoutIntent")
        assert "Shall I" in speech(asked)
        assert directive(asked, "Dialog.ConfirmIntent")["updatedIntent"]["name"] == "CheckoutIntent"
        assert shops.orders_since(assistant.shop, NOW) == 0
        done = device.intent("AMAZON.YesIntent")
        assert "is placed" in speech(done) or "ordered" in speech(done)
        assert done["response"]["card"]["type"] == "Simple"
        assert shops.orders_since(assistant.shop, NOW) == 1


@pytest.mark.parametrize(("status", "says"), [("CONFIRMED", "rder"), ("DENIED", "nothing")])
def test_what_alexa_had_confirmed_counts_as_yes_or_no(device: Device, status: str, says: str) -> None:
    device.intent("ReorderIntent", product=COFFEE)
    answered = device.intent("ReorderIntent", more={"confirmationStatus": status}, product=COFFEE)
    assert says in speech(answered)
    assert ("nothing" in speech(answered)) == (status == "DENIED")


def test_a_yes_within_what_it_takes_to_speak_the_question_orders_nothing(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant()
    with skill(assistant, amazon) as device:
        device.intent("ReorderIntent", product=COFFEE)
        again = device.request("IntentRequest", wait=1.0, intent={"name": "AMAZON.YesIntent"})
        assert speech(again).startswith("Once more")
        assert shops.orders_since(assistant.shop, NOW) == 0
        device.intent("AMAZON.YesIntent")
        assert shops.orders_since(assistant.shop, NOW) == 1


def test_a_yes_in_another_room_to_a_question_asked_here_orders_nothing(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant()
    with skill(assistant, amazon) as kitchen:
        kitchen.intent("ReorderIntent", product=COFFEE)
        bedroom = Device(kitchen.client, amazon, kitchen.clock)
        assert speech(bedroom.intent("AMAZON.YesIntent")).startswith("Once more")
        assert shops.orders_since(assistant.shop, NOW) == 0


def test_the_same_request_again_gets_the_same_answer_and_orders_once(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant()
    with skill(assistant, amazon) as device:
        device.intent("ReorderIntent", product=COFFEE)
        first = device.intent("AMAZON.YesIntent")
        assert speech(device.send(device.sent)) == speech(first)
        assert shops.orders_since(assistant.shop, NOW) == 1


def test_words_that_fit_no_slot_are_understood_by_handla_itself(device: Device) -> None:
    found = device.intent("SayFindIntent", words="a waterproof winter jacket under two hundred dollars")
    assert "all waterproof" in speech(found)
    assert is_open(found)


def test_a_product_that_the_model_does_not_know_is_looked_for_by_its_words(device: Device) -> None:
    unknown = {"authority": "a", "status": {"code": "ER_SUCCESS_NO_MATCH"}}
    slot = {"value": "barista oat drink", "resolutions": {"resolutionsPerAuthority": [unknown]}}
    assert "Oat Milk" in speech(device.intent("AddProductIntent", product=slot))


def test_what_a_product_lacks_is_elicited_and_the_answer_taken(device: Device) -> None:
    device.intent("SayFindIntent", words="a waterproof winter jacket under two hundred dollars")
    asked = device.intent("ChooseIntent", position=("second", "2"))
    assert directive(asked, "Dialog.ElicitSlot")["slotToElicit"] == "size"
    assert directive(asked, "Dialog.ElicitSlot")["updatedIntent"]["name"] == "ChooseIntent"
    assert "Harbor Winter Parka" in speech(device.intent("ChooseIntent", size=("medium", "M")))


def test_a_product_named_with_its_options_needs_no_question(device: Device) -> None:
    taken = device.intent("AddProductIntent", product=("parka", "JKT-HARB-S"), quantity="1", size=("large", "L"))
    assert "Harbor Winter Parka" in speech(taken)
    assert "?" in speech(taken)
    assert not directive(taken, "Dialog.ElicitSlot")


def test_a_reason_where_none_was_asked_for_is_what_it_says(device: Device) -> None:
    first = speech(device.intent("SayFindIntent", words="a winter jacket"))
    other = speech(device.intent("ReasonIntent", reason=("something else", "something else")))
    assert "list" not in other
    assert first != other


def test_slots_that_an_intent_has_not_are_passed_over(device: Device) -> None:
    told = device.intent("OrderStatusIntent", order="6015", size=("medium", "M"), product="tea")
    assert "on its way" in speech(told)


def test_free_words_without_any_are_what_stands_before_them(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant()
    with skill(assistant, amazon) as device:
        device.intent("ReorderIntent", product=COFFEE)
        device.intent("SayYesIntent", words={})
        assert shops.orders_since(assistant.shop, NOW) == 1


def test_several_products_in_one_slot_are_all_added(device: Device) -> None:
    def simple(said: str, sku: str) -> dict[str, Any]:
        match = {"authority": "a", "status": {"code": "ER_SUCCESS_MATCH"}, "values": [{"value": {"id": sku}}]}
        return {"type": "Simple", "value": said, "resolutions": {"resolutionsPerAuthority": [match]}}

    several = {"slotValue": {"type": "List", "values": [simple(*OAT_MILK), simple("eggs", "EGG-FREE-12")]}}
    added = speech(device.intent("AddProductIntent", product=several))
    assert "Oat Milk" in added
    assert "Free Range Eggs" in added


def test_the_customers_own_products_come_before_the_catalogues(device: Device) -> None:
    def authority(name: str, sku: str) -> dict[str, Any]:
        values = [{"value": {"name": "coffee", "id": sku}}]
        return {
            "authority": f"amzn1.er-authority.echo-sdk.{name}",
            "status": {"code": "ER_SUCCESS_MATCH"},
            "values": values,
        }

    both = [authority("SKILL.HANDLA_PRODUCT", "COF-CAPS-20"), authority("dynamic.SKILL.HANDLA_PRODUCT", COFFEE[1])]
    slot = {"value": "coffee", "resolutions": {"resolutionsPerAuthority": both}}
    assert "Dark Roast Coffee Beans" in speech(device.intent("AddProductIntent", product=slot))


def test_what_the_customer_bought_is_told_to_alexa_once_a_session(device: Device) -> None:
    values = directive(device.launch(), "Dialog.UpdateDynamicEntities")["types"][0]["values"]
    assert {"Oat Milk", "Dark Roast Coffee Beans"} <= {value["name"]["value"] for value in values}
    assert sum(1 + len(value["name"]["synonyms"]) for value in values) <= 100
    assert not directive(device.intent("ShowBasketIntent"), "Dialog.UpdateDynamicEntities")


def test_a_slot_that_is_needed_is_left_to_alexa_to_ask_for(device: Device) -> None:
    device.launch()
    asked = device.intent("AddProductIntent", more={}, product={}, quantity={})
    assert not directive(asked, "Dialog.Delegate")
    device.clock.wait(20)
    asked = device.request(
        "IntentRequest",
        dialogState="STARTED",
        intent={"name": "AddProductIntent", "slots": {"product": {"name": "product"}}},
    )
    assert directive(asked, "Dialog.Delegate")
    assert "outputSpeech" not in asked["response"]
    assert asked["sessionAttributes"]["handla"]["launched"] is True


def test_an_order_status_asked_at_once_is_told_and_ends(device: Device) -> None:
    told = device.intent("OrderStatusIntent", order="6015")
    assert "on its way" in speech(told)
    assert not is_open(told)


def test_a_guest_who_wants_to_order_is_asked_to_link_an_account(device: Device) -> None:
    device.customer = None
    device.launch()
    device.intent("AddProductIntent", product=OAT_MILK)
    refused = device.intent("CheckoutIntent")
    assert refused["response"]["card"] == {"type": "LinkAccount"}
    assert "sign in" in speech(refused)
    assert "Alexa app" in speech(refused)
    assert not is_open(refused)


def test_who_links_an_account_finds_what_they_put_in_as_a_guest_once(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant()
    with skill(assistant, amazon, conversation="linked") as device:
        device.customer = None
        device.intent("AddProductIntent", product=OAT_MILK, quantity="2")
        device.customer = "C999"
        assert "2 times Oat Milk" in speech(device.intent("ShowBasketIntent"))
        device.hang_up()
        device.customer = "C001"
        device.intent("AddProductIntent", product=COFFEE)
        for _ in range(2):
            device.hang_up()
            assert [(line.sku, line.quantity) for line in assistant.shop.basket("C001").lines] == [
                ("MLK-OAT-1L", 2),
                ("COF-DARK-500", 1),
            ]
            assert "2 times Oat Milk and" in speech(device.intent("CheckoutIntent"))
        device.hang_up()
        device.customer = None
        assert "mpty" in speech(device.intent("ShowBasketIntent"))


def test_somebody_the_shop_does_not_know_is_a_guest(device: Device) -> None:
    device.customer = "C999"
    assert device.intent("OrderStatusIntent")["response"]["card"] == {"type": "LinkAccount"}
    assert "Oat Milk" in speech(device.intent("AddProductIntent", product=OAT_MILK))


def test_a_customer_is_looked_up_once_a_turn(shops: Shops, amazon: Amazon) -> None:
    assistant, asked = shops.assistant(), list[str]()
    shop = assistant.shop
    look_up = shop.customer
    object.__setattr__(shop, "customer", lambda known: asked.append(known) or look_up(known))
    with skill(assistant, amazon) as device:
        device.intent("ShowBasketIntent")
    assert asked == ["C001"]


def test_products_are_shown_where_there_is_a_screen_and_may_be_touched(device: Device) -> None:
    assert not directive(
        device.intent("SayFindIntent", words="a winter jacket"), "Alexa.Presentation.APL.RenderDocument"
    )
    device.hang_up()
    device.screen = True
    listed = directive(device.intent("SayFindIntent", words="a winter jacket"), "Alexa.Presentation.APL.RenderDocument")
    items = listed["datasources"]["products"]["items"]
    assert len(items) > 1
    assert all(item["secondaryText"].startswith("$") for item in items)
    touched = device.request("Alexa.Presentation.APL.UserEvent", arguments=["choose", items[1]["sku"]])
    assert items[1]["primaryText"] in speech(touched)
    assert not directive(touched, "Dialog.ElicitSlot")


def test_one_product_is_shown_in_detail(device: Device) -> None:
    device.screen = True
    guess = device.intent("SayFindIntent", words="a steel water bottle")
    shown = directive(guess, "Alexa.Presentation.APL.RenderDocument")
    assert shown["document"]["mainTemplate"]["items"][0]["type"] == "AlexaDetail"
    assert shown["datasources"]["products"]["name"] == "Steel Water Bottle"


def test_what_needs_no_answer_gets_none(device: Device) -> None:
    for kind in (
        "SessionEndedRequest",
        "AlexaSkillEvent.SkillAccountLinked",
        "AudioPlayer.PlaybackStarted",
        "Of.Tomorrow",
    ):
        assert device.request(kind, reason="USER_INITIATED") == {"version": "1.0", "response": {}}


def test_what_alexa_finds_wrong_with_a_response_is_in_the_log(device: Device, caplog: pytest.LogCaptureFixture) -> None:
    fault = {"type": "INVALID_RESPONSE", "message": "somebody said something"}
    device.request("SessionEndedRequest", reason="ERROR", error=fault)
    assert "SessionEndedRequest ERROR INVALID_RESPONSE" in caplog.text
    assert "somebody" not in caplog.text


def test_alexa_learns_what_the_skill_could_do(device: Device) -> None:
    could = device.request("CanFulfillIntentRequest", intent={"name": "OrderStatusIntent", "slots": {}})
    assert could["response"]["canFulfillIntent"]["canFulfill"] == "YES"
    slots = {"product": {"name": "product", "value": "an elephant"}}
    could = device.request("CanFulfillIntentRequest", intent={"name": "AddProductIntent", "slots": slots})
    assert could["response"]["canFulfillIntent"]["slots"]["product"] == {"canUnderstand": "NO", "canFulfill": "NO"}
    could = device.request("CanFulfillIntentRequest", intent={"name": "PlayMusicIntent", "slots": {}})
    assert could["response"]["canFulfillIntent"]["canFulfill"] == "NO"


def test_a_product_that_is_only_guessed_is_confirmed_as_a_slot(device: Device, one_assistant: Assistant) -> None:
    guessed = device.intent("AddProductIntent", product="camping chair thing")
    assert "Folding Camp Chair" in speech(guessed)
    confirm = directive(guessed, "Dialog.ConfirmSlot")
    assert confirm["slotToConfirm"] == "product"
    slot = {"value": "camping chair thing", "confirmationStatus": "CONFIRMED"}
    assert "Folding Camp Chair" in speech(device.intent("AddProductIntent", product=slot))
    assert "Folding Camp Chair" in [line.title for line in one_assistant.shop.basket("C001").lines]


def test_a_question_left_open_is_read_again_when_the_skill_is_opened_again(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant()
    with skill(assistant, amazon) as device:
        device.intent("ReorderIntent", product=COFFEE)
        device.hang_up()
        assert "2 times Dark Roast Coffee Beans" in speech(device.launch())
        assert shops.orders_since(assistant.shop, NOW) == 0
        device.intent("AMAZON.YesIntent")
        assert shops.orders_since(assistant.shop, NOW) == 1


def test_an_error_of_ours_is_said_and_ends_without_a_trace(shops: Shops, amazon: Amazon) -> None:
    assistant = shops.assistant()
    with skill(assistant, amazon) as device:
        shops.break_sessions(assistant)
        said = device.intent("OrderStatusIntent")
        assert "went wrong" in speech(said)
        assert not is_open(said)
