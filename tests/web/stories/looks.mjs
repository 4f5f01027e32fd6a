// Every page as different people have it: on a phone, by keyboard, in the dark, in Bangla, without scripts.
import assert from "node:assert/strict";
import { renameSync, rmSync, writeFileSync } from "node:fs";

import { grave, shot, sideways } from "../browser.mjs";
import { WORDS, clip, until } from "../house.mjs";

const PAGES = ["/", "/jobs", "/jobs?state=failed", "/jobs/1", "/jobs/2", "/jobs/3", "/jobs/4", "/jobs/5", "/figures", "/health", "/nowhere"];
const says = (page, part, text) => page.locator(part, { hasText: text }).first().waitFor();
const named = (path) => path.replace(/\W+/g, "-").replace(/^-|-$/g, "") || "board";
/// A page that is not there is said by the console as well.
const forgive = (page) => (page.faults = page.faults.filter((fault) => !/status of 404/.test(fault)));

/// Cells that are no cells any more, and sentences whose first letter, perhaps a name's, is written otherwise.
function spoilt() {
  const cells = [...document.querySelectorAll("th, td")].filter((cell) => getComputedStyle(cell).display !== "table-cell");
  const sentences = [...document.querySelectorAll(".entry.waits p, .entry.failed p, .why")].filter((said) => getComputedStyle(said, "::first-letter").textTransform !== "none");
  return [...cells, ...sentences].map((one) => one.outerHTML.slice(0, 120));
}

/// Every kind of work, one after the other: the same clip again, a later version, a project, a film of words, an address,
/// a question to dakbox.
async function all_kinds(house, job) {
  house.drop("আবার.txt", WORDS);
  house.drop("আবার.mp4", clip("আমার কথা"));
  await job("delivered");
  house.drop("আমার কথা.v2.txt", "make the captions larger\n");
  await job("delivered");
  for (const name of ["road.mp4", "river.mp4", "house.mp4"]) house.drop(`our village/${name}`, clip(name));
  house.drop("our village/project.txt", "one film of all of it, with soft music\n");
  await job("delivered");
  house.drop("opening.video.txt", "a short film about a letter box in the rain\n");
  await job("delivered");
  house.drop("from afar.txt", WORDS);
  house.drop("from afar.url", "[InternetShortcut]\r\nURL=https://media.example.org/films/talk.mp4?signature=s3cret\r\n");
  await job("delivered");
  house.drop("how much.txt", "how many credits do I have?\n");
  await job("answered");
}

/// A house with something of everything: done, asking, waiting, failed, in work, and only seen. `rich`: every kind of work.
async function furnished(t, { rich = false } = {}) {
  const house = await t.house({ settings: { messages: { language: "both" }, watch: { clip_wait: "200ms" } } });
  await house.start();
  let id = 0;
  const job = (state) => {
    const wanted = (id += 1);
    return until(`job ${wanted} is ${state}`, async () => {
      const jobs = (await house.run("jobs", "--json")).trim().split("\n").map((line) => JSON.parse(line || "{}"));
      return jobs.some((one) => one.id === wanted && one.state === state);
    });
  };
  house.pair("আমার কথা");
  await job("delivered");
  if (rich) await all_kinds(house, job);
  await house.faults("message:question=en");
  house.pair("asks");
  await job("waiting");
  await house.faults("message:nothing");
  house.pair("perhaps paid");
  await job("waiting");
  house.drop("broken.txt", WORDS);
  house.drop("broken.mp4", "no film at all, only words in a file");
  await job("failed");
  await house.faults("message:late-delay=10m");
  house.pair(`a very long name ${"and more ".repeat(12)}`.trim());
  await job("working");
  house.drop("lonely.mp4", clip("lonely"));
  await until("it is seen", async () => (await house.run("status", "--json")).includes("lonely.mp4"));
  return house;
}

/// Every page, in both languages and both schemes of colours, as wide as that.
async function every_page(t, house, pages, width, looks, of = "") {
  const found = [];
  for (const colorScheme of ["light", "dark"]) {
    const phone = width < 500 ? { isMobile: true, hasTouch: true, deviceScaleFactor: 2 } : {};
    const page = await t.page({ colorScheme, viewport: { width, height: 800 }, ...phone });
    for (const lang of ["en", "bn"]) {
      for (const path of pages) {
        await page.goto(`${house.url}${path}${path.includes("?") ? "&" : "?"}lang=${lang}`);
        assert.equal(await page.evaluate(() => document.documentElement.lang), lang);
        await shown(page);
        await shot(page, `${of}${named(path)}-${width}-${lang}-${colorScheme}`);
        found.push(...(await looks(page)).map((fault) => `${path} ${lang} ${colorScheme} ${width}: ${fault}`));
      }
    }
    await page.close();
    forgive(page);
  }
  assert.deepEqual(found, []);
}

/// Until what is to be seen of films is seen.
const shown = async (page) => {
  // A still is fetched when its row is seen.
  for (const still of await page.locator("video.still").all()) {
    await still.evaluate((one) => new Promise((go) => {
      one.scrollIntoView();
      requestAnimationFrame(() => requestAnimationFrame(go));
    }));
  }
  await page.waitForFunction(() => [...document.querySelectorAll("video.still:not([hidden])")].every((still) => still.readyState >= 2));
  await page.evaluate(() => scrollTo(0, 0));
  await page.waitForFunction(() => [...document.querySelectorAll("video[controls]")].every((film) => film.readyState >= 1 || film.error));
};

/// What is wrong with a page for those who read it in whatever way.
async function for_everyone(page) {
  return [...(await page.evaluate(spoilt)), ...(await grave(page))];
}

/// What is wrong with it on a phone.
async function in_the_hand(page) {
  const over = await sideways(page);
  const buttons = await page.locator("button:visible, a.button:visible").evaluateAll((all) => all.map((one) => [one.innerText, one.getBoundingClientRect().height]));
  const small = buttons.filter(([, high]) => high < 24).map(([label, high]) => `${label} is ${high} px high`);
  return [...(over > 0 ? [`${over} px too wide`] : []), ...small];
}

/// Pages of a house with every kind of work.
const RICH = ["/", "/jobs", "/jobs?state=failed", ...Array.from({ length: 11 }, (_, n) => `/jobs/${n + 1}`), "/figures", "/health", "/nowhere"];

export async function every_page_is_fit_for_everyone(t) {
  await every_page(t, await furnished(t, { rich: true }), RICH, 1280, for_everyone);
}

export async function every_page_fits_a_phone(t) {
  const house = await furnished(t, { rich: true });
  for (const width of [390, 320]) await every_page(t, house, RICH, width, in_the_hand);
}

export async function the_keyboard_goes_where_the_eye_goes(t) {
  const house = await furnished(t);
  const page = await t.page({ viewport: { width: 390, height: 800 } });
  for (const path of ["/", "/jobs", "/jobs/1", "/jobs/2", "/jobs/3", "/figures", "/health"]) {
    await page.goto(house.url + path);
    await page.keyboard.press("Tab");
    const skip = await page.evaluate(() => [document.activeElement.className, document.activeElement.getBoundingClientRect().left >= 0]);
    assert.deepEqual(skip, ["skip", true], `${path}: the first stop leads to the content, and is seen`);
    const stops = [];
    const wanted = await page.evaluate(() => [...document.querySelectorAll("a[href], button, input, textarea, [tabindex='0']")].filter((one) => one.checkVisibility()).length);
    for (let step = 1; step < 200; step += 1) {
      const at = await page.evaluate(() => {
        const one = document.activeElement;
        if (one === document.body) return null;
        const box = one.getBoundingClientRect();
        const style = getComputedStyle(one);
        const order = [...document.querySelectorAll("*")].indexOf(one);
        return { order, top: box.top + scrollY, what: one.outerHTML.slice(0, 80), tag: one.tagName, ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0 };
      });
      // Behind the last one it begins anew.
      if (!at || (stops.length > 1 && at.order <= stops[0].order)) break;
      stops.push(at);
      await page.keyboard.press("Tab");
    }
    // A player has stops of its own, which are counted as its one.
    const own = stops.filter((stop, i) => !["VIDEO", "AUDIO"].includes(stop.tag) && stop.order !== stops[i - 1]?.order);
    assert.equal(own.length, wanted, `${path}: all is reached: ${own.map((stop) => stop.what).join("\n")}`);
    for (const [i, stop] of own.entries()) {
      assert.ok(stop.ring, `${path}: one sees where one is: ${stop.what}`);
      assert.ok(i === 0 || stop.order > own[i - 1].order, `${path}: ${stop.what}`);
      // In one column what comes later also stands lower; a line of links is one height.
      assert.ok(i < 2 || stop.top > own[i - 1].top - 40, `${path}: ${stop.what} stands above what came before it`);
    }
  }
  // Down to a button, and pressed.
  await page.goto(`${house.url}/health`);
  await page.getByRole("button", { name: "Pause" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Resume" }).waitFor();
}

export async function who_wants_no_motion_has_none(t) {
  const house = await furnished(t);
  for (const [reducedMotion, moves] of [["no-preference", "pulse"], ["reduce", "none"]]) {
    const page = await t.page({ reducedMotion });
    await page.goto(house.url);
    const motion = await page.locator(".row.pulse .mark").first().evaluate((mark) => getComputedStyle(mark).animationName);
    assert.equal(motion, moves);
    const running = await page.evaluate(() => document.getAnimations().length);
    assert.equal(running > 0, moves !== "none");
  }
}

export async function languages_are_changed_and_stay(t) {
  const house = await furnished(t);
  const page = await t.page({ locale: "bn-BD" });
  await page.goto(house.url);
  const lang = () => page.evaluate(() => document.documentElement.lang);
  assert.equal(await lang(), "bn");
  await page.getByRole("link", { name: "English" }).click();
  await page.waitForURL(/lang=en/);
  await page.getByRole("link", { name: "Figures" }).click();
  assert.equal(await lang(), "en");
  await page.getByRole("link", { name: "Board" }).click();
  await page.locator("#waits .row a:has(bdi)").first().click();
  await page.locator("#story").waitFor();
  assert.equal(await lang(), "en");
  await page.getByRole("link", { name: "বাংলা" }).click();
  await page.waitForURL(/lang=bn/);
  assert.match(await page.locator("#story").innerText(), /[ক-হ]/);
  // What comes by the stream is in the page's language as well.
  await page.goto(`${house.url}/?lang=bn`);
  await house.faults();
  house.pair("later");
  await says(page, "#done .row", "later.mp4");
  assert.match(await page.locator("#done .facts").first().innerText(), /[০-৯]/);
}

export async function without_scripts_all_is_read_and_pressed(t) {
  const house = await furnished(t);
  const page = await t.page({ javaScriptEnabled: false });
  for (const path of PAGES.slice(0, -1)) {
    await page.goto(house.url + path);
    assert.ok((await page.locator("main").innerText()).length > 40, path);
    // What somebody types is not taken away by a page that loads itself anew.
    const [typed, anew] = [await page.locator("textarea").count(), await page.locator("meta[http-equiv=refresh]").count()];
    assert.ok(!(typed && anew), `${path} is loaded anew while somebody types`);
  }
  await page.goto(`${house.url}/jobs/5`);
  await page.getByRole("button", { name: "Give it up" }).waitFor();
  await page.goto(`${house.url}/jobs/2`);
  await house.faults();
  await page.getByLabel("Your answer").fill("the first");
  await page.getByRole("button", { name: "Answer" }).click();
  await says(page, ".say", "Your answer lies in the inbox.");
  await page.goto(`${house.url}/jobs/3`);
  await page.getByRole("checkbox").check();
  await page.getByRole("button", { name: "Pay again and go on" }).click();
  await says(page, ".say", "dakbox has done it.");
  await page.goto(house.url);
  // By itself: nobody loads it.
  await says(page, "#done .row", "asks.mp4");
  await says(page, "#done .row", "perhaps paid.mp4");
}

export async function an_empty_board_says_where_to_drop(t) {
  const house = await t.house({ settings: { messages: { language: "both" } } });
  await house.start();
  for (const [width, looks] of [[1280, for_everyone], [390, in_the_hand]]) {
    await every_page(t, house, ["/", "/jobs", "/figures", "/health"], width, looks, "empty-");
  }
  const page = await t.page({ permissions: ["clipboard-read", "clipboard-write"] });
  await page.goto(house.url);
  await page.getByRole("button", { name: "Copy" }).first().click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), house.inbox("").replace(/\/$/, ""));
}

export async function a_token_is_asked_for_once(t) {
  const house = await t.house({ settings: { messages: { language: "both" } } });
  writeFileSync(house.path("web-token"), "open-sesame\n", { mode: 0o600 });
  house.set({ web: { token_file: house.path("web-token") } });
  await house.start();
  for (const [width, looks] of [[1280, for_everyone], [390, in_the_hand]]) {
    await every_page(t, house, ["/login"], width, looks);
  }
  const page = await t.page({ viewport: { width: 320, height: 600 } });
  await page.goto(`${house.url}/jobs`);
  await page.getByLabel("Token").fill("guess");
  await page.getByRole("button", { name: "Enter" }).click();
  await says(page, "[role=alert]", "This is not the token.");
  assert.deepEqual(await grave(page), []);
  assert.ok((await sideways(page)) <= 0);
  await shot(page, "login");
  await page.getByLabel("Token").fill("open-sesame");
  await page.keyboard.press("Enter");
  await says(page, "#top", "Nothing is in work");
  assert.equal((await page.context().cookies()).filter((cookie) => cookie.httpOnly && !cookie.value.includes("sesame")).length, 1);
  // The board is live, and its buttons work, for whoever is in.
  house.pair("talk");
  await says(page, "#done .row", "talk.mp4");
  page.faults = page.faults.filter((fault) => !/status of 401/.test(fault));
}

export async function what_is_wrong_stands_above_all(t) {
  const house = await t.house({ settings: { messages: { language: "both" } } });
  await house.start();
  house.pair("talk");
  await house.delivered("talk");
  const seen = async (of, pages, what) => {
    const page = await t.page();
    await page.goto(`${house.url}/?lang=en`);
    await says(page, "#top", what);
    await page.close();
    forgive(page);
    for (const [width, looks] of [[1280, for_everyone], [390, in_the_hand]]) await every_page(t, house, pages, width, looks, of);
  };
  writeFileSync(house.root("pause.txt"), "");
  house.pair("held");
  await seen("paused-", ["/", "/jobs/2", "/health"], "Paused: no new message is sent");
  rmSync(house.root("pause.txt"));
  await house.delivered("held");
  renameSync(house.root("inbox"), house.path("inbox"));
  renameSync(house.root(".dakbox"), house.path("mark"));
  await seen("away-", ["/", "/health"], "cannot reach the inbox");
}
