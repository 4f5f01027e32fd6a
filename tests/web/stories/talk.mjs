// What the buttons do, pressed by somebody who looks at the page.
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";

import { until } from "../house.mjs";

const press = (page, label) => page.getByRole("button", { name: label, exact: true }).click();
const says = (page, part, text) => page.locator(part, { hasText: text }).first().waitFor();
const lies = (path) => until(`${path} is there`, () => existsSync(path));

export async function a_question_is_answered_by_the_form(t) {
  const house = await t.house({ faults: ["message:question=en,1"] });
  await house.start();
  house.pair("talk", "make it short\n");
  const page = await t.page();
  await page.goto(house.url);
  await says(page, "#waits .row", "talk.mp4");
  await page.locator("#waits .row").getByRole("link", { name: "Answer" }).click();
  await says(page, "#head blockquote", "clip");
  const form = page.getByLabel("Your answer");
  await press(page, "Answer");
  assert.ok(await form.evaluate((field) => field.matches(":invalid")), "nothing is not an answer");
  await form.fill("the first one,\nand keep the sound");
  // What goes on meanwhile takes no word and no focus away.
  await form.focus();
  house.pair("another");
  await until("the page was told of something", async () => (await house.world()).messages.length > 1);
  assert.equal(await form.inputValue(), "the first one,\nand keep the sound");
  assert.ok(await form.evaluate((field) => field === document.activeElement));
  await press(page, "Answer");
  await says(page, ".say", "Your answer lies in the inbox.");
  await says(page, "#story", "film put into the outbox");
  await says(page, "#head", "Done");
  await until("the form is gone", async () => (await page.getByLabel("Your answer").count()) === 0);
  const heard = (await house.world()).messages.map((message) => message.words);
  assert.ok(heard.includes("the first one,\nand keep the sound"), JSON.stringify(heard));
}

export async function a_wait_is_given_up_and_taken_up_again(t) {
  const house = await t.house({ faults: ["export:status=402"] });
  await house.start();
  house.pair("talk");
  const page = await t.page();
  await page.goto(house.url);
  await says(page, "#top", "One clip waits for you.");
  await page.locator("#waits .row a").first().click();
  await press(page, "Give it up");
  await says(page, "#head", "Cancelled");
  await lies(house.root("failed/talk.mp4"));
  await until("it is not offered twice", async () => (await page.getByRole("button", { name: "Give it up" }).count()) === 0);
  await house.faults();
  await press(page, "Try again");
  await says(page, "#story", "film put into the outbox");
  await lies(house.outbox("talk.mp4"));
  assert.equal((await house.world()).charges.length, 1, "what was paid for is not paid for again");
  await page.goBack();
  await says(page, "body", "talk.mp4");
  assert.equal((await house.world()).charges.length, 1, "going back asks for nothing");
}

export async function a_retry_on_the_board_is_pressed_once(t) {
  const house = await t.house({ faults: ["export:status=402"] });
  await house.start();
  house.pair("talk");
  const page = await t.page();
  await page.goto(house.url);
  const again = page.locator("#waits").getByRole("button", { name: "Try again" });
  await again.waitFor();
  await house.faults();
  await again.dblclick();
  await says(page, "#story", "film put into the outbox");
  assert.equal((await house.world()).charges.length, 1);
}

export async function paying_again_is_warned_of_and_takes_a_tick(t) {
  const house = await t.house({ faults: ["message:nothing"] });
  await house.start();
  house.pair("talk");
  const page = await t.page();
  await page.goto(house.url);
  await page.locator("#waits").getByRole("link", { name: "Decide" }).click();
  await says(page, "#do", "may cost the same credits a second time");
  await house.faults();
  await press(page, "Pay again and go on");
  const tick = page.getByLabel("I know that this may cost credits once more.");
  assert.ok(await tick.evaluate((box) => box.matches(":invalid")), "without a tick nothing is sent");
  assert.equal((await house.world()).charges.length, 1);
  await tick.check();
  await press(page, "Pay again and go on");
  await says(page, "#story", "Somebody agreed to pay for a message once more.");
  await says(page, "#story", "film put into the outbox");
  await page.reload();
  await house.delivered("talk");
  assert.equal((await house.world()).charges.length, 2, "loading it again pays for nothing");
}

export async function a_change_makes_the_next_version(t) {
  const house = await t.house();
  await house.start();
  house.pair("talk");
  await house.delivered("talk");
  const page = await t.page();
  await page.goto(`${house.url}/jobs/1`);
  await page.getByLabel("What is to be different?").fill("make the music louder");
  await press(page, "Change the film");
  await says(page, ".say", "Your text lies in the inbox.");
  await lies(house.outbox("talk.v2.mp4"));
  await lies(house.outbox("talk.v2.report.txt"));
  await page.getByRole("link", { name: "Board" }).click();
  await says(page, "#done .row", "talk.v2.mp4");
  const world = await house.world();
  assert.deepEqual([world.sessions.length, world.uploads.length, world.charges.length], [1, 1, 2]);
}

export async function the_brake_is_put_on_and_taken_off(t) {
  const house = await t.house();
  await house.start();
  const [page, board] = [await t.page(), await t.page()];
  await board.goto(house.url);
  await page.goto(`${house.url}/health`);
  await press(page, "Pause");
  await says(board, "#top", "Paused: no new message is sent");
  assert.ok(readFileSync(house.root("pause.txt"), "utf8").startsWith("dakbox is paused."));
  house.pair("talk");
  await says(board, "#work .row", "It is held by pause.txt before the next message.");
  assert.equal((await house.world()).messages.length, 0);
  await press(board, "Resume");
  await says(board, "#done .row", "talk.mp4");
  await page.goto(`${house.url}/health`);
  await page.getByRole("button", { name: "Pause" }).waitFor();
}
