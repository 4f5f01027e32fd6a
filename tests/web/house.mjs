// A house of a story's own: folders, settings, the sandbox and the real program as processes in it.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const program = resolve(process.env.DAKBOX || join(here, "../../target/debug/dakbox"));
const media = join(here, "../media");

/// Nothing here takes longer, even on a busy machine.
export const LONG = 60_000;
export const WORDS = "add Bangla subtitles, please\n";

/// Settings with which a whole story takes seconds. A clip alone waits long for its text, so that it stays seen.
const SETTINGS = {
  folders: { min_free: "0", share_page: false },
  watch: { poll_interval: "100ms", rescan: "500ms", settle: "50ms", zero_tail_wait: "200ms", sidecar_wait: "1h", folder_wait: "100ms", empty_after: "200ms" },
  api: { state_interval: "40ms", recovery_interval: "60ms", retry_wait: "100ms" },
  jobs: { waiting_recheck: "1h" },
  export: { poll_interval: "50ms" },
  log: { level: "debug" },
  web: { listen: "127.0.0.1:0" },
};

/// Waits until that gives something true, and gives it back.
export async function until(what, asked, most = LONG) {
  const end = Date.now() + most;
  for (;;) {
    const found = await asked();
    if (found) return found;
    if (Date.now() > end) throw new Error(`never so: ${what}`);
    await new Promise((go) => setTimeout(go, 30));
  }
}

/// A short film that nobody else drops: a sample with a `free` box behind it that holds `seed`.
export function clip(seed, film = readFileSync(join(media, "moov-first.mp4"))) {
  const held = Buffer.from(`free${seed}`);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(4 + held.length);
  return Buffer.concat([film, size, held]);
}

function toml(settings) {
  const value = (of) => (typeof of === "string" || Array.isArray(of) ? JSON.stringify(of) : String(of));
  const section = ([name, keys]) => `[${name}]\n${Object.entries(keys).map(([key, of]) => `${key} = ${value(of)}\n`).join("")}`;
  return Object.entries(settings).map(section).join("");
}

/// Houses that nobody has left yet: whoever breaks the run off leaves no process and no folder behind.
const open = new Set();
process.on("exit", () => open.forEach((house) => house.clear()));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

export class House {
  #top = mkdtempSync(join(tmpdir(), "dakbox-web-"));
  #settings = structuredClone(SETTINGS);
  #running = new Map();

  /// A house with a sandbox that has these faults and flags, and with these settings over the usual ones.
  static async with({ faults = [], settings = {}, sandbox = [] } = {}) {
    const house = new House();
    open.add(house);
    mkdirSync(house.inbox(""), { recursive: true });
    const quick = ["--message-time", "60ms", "--second-stage", "5ms", "--render-time", "20ms"];
    const flags = ["sandbox", "--listen", "127.0.0.1:0", ...quick, ...faults.flatMap((fault) => ["--fault", fault])];
    // Of a flag given twice the program takes neither.
    for (let at = 0; at < sandbox.length; at += 2) {
      const known = flags.indexOf(sandbox[at]);
      if (known < 0) flags.push(sandbox[at], sandbox[at + 1]);
      else flags[known + 1] = sandbox[at + 1];
    }
    house.#spawn("sandbox", flags);
    house.service = await until("the sandbox listens", () => /listens on (http:\S+)/.exec(house.log("sandbox"))?.[1]);
    house.set({ folders: { root: house.root("") }, api: { url: house.service, web_url: house.service }, state: { dir: house.path("state") } });
    house.set(settings);
    return house;
  }

  /// Changes settings; a running daemon does not know it.
  set(settings) {
    for (const [name, keys] of Object.entries(settings)) this.#settings[name] = { ...this.#settings[name], ...keys };
    writeFileSync(this.path("config.toml"), toml(this.#settings));
  }

  path = (name) => join(this.#top, name);
  root = (name) => join(this.#top, "clips", name);
  inbox = (name) => this.root(join("inbox", name));
  outbox = (name) => this.root(join("outbox", name));

  log(name) {
    return existsSync(this.path(`${name}.log`)) ? readFileSync(this.path(`${name}.log`), "utf8") : "";
  }

  #spawn(name, args) {
    const log = openSync(this.path(`${name}.log`), "a");
    const env = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: this.path("home") };
    const child = spawn(program, args, { cwd: this.#top, env, stdio: ["ignore", log, log] });
    closeSync(log);
    const ended = new Promise((end) => child.on("exit", end).on("error", end));
    this.#running.set(name, { child, ended });
  }

  /// Starts the daemon, and waits for its page. Started again, it has the same address.
  async start() {
    const before = this.log("daemon").length;
    this.#spawn("daemon", ["--config", this.path("config.toml"), "run"]);
    const told = () => /the page is at (http:\/\/[\d.:]+)/.exec(this.log("daemon").slice(before))?.[1];
    this.url = await until("the page is told of", told).catch((error) => { throw new Error(`${error.message}\n${this.log("daemon")}`); });
    await until("the page is there", () => answers(this.url));
    this.set({ web: { listen: this.url.slice("http://".length) } });
  }

  /// `kill -9`.
  async end(name = "daemon") {
    const one = this.#running.get(name);
    this.#running.delete(name);
    one?.child.kill("SIGKILL");
    await one?.ended;
  }

  drop(name, bytes) {
    const path = typeof name === "string" ? this.inbox(name) : name;
    mkdirSync(dirname(String(path)), { recursive: true });
    writeFileSync(path, bytes);
  }

  /// The text first: a clip is never seen without it.
  pair(stem, words = WORDS) {
    this.drop(`${stem}.txt`, words);
    this.drop(`${stem}.mp4`, clip(stem));
  }

  delivered = (stem) => until(`${stem} is delivered`, () => existsSync(this.outbox(`${stem}.report.txt`)) && !existsSync(this.inbox(`${stem}.mp4`)));

  /// What the sandbox has seen and charged.
  async world() {
    return (await fetch(`${this.service}/_world`)).json();
  }

  /// Has these faults happen from now on, in place of those before.
  async faults(...faults) {
    await fetch(`${this.service}/_world/faults`, { method: "PUT", body: faults.join("\n") });
  }

  /// What a command prints.
  run(...args) {
    return new Promise((done, no) => {
      const env = { PATH: "/usr/bin:/bin", HOME: this.path("home") };
      execFile(program, ["--config", this.path("config.toml"), ...args], { env, cwd: this.#top }, (error, out, err) =>
        error ? no(new Error(`dakbox ${args.join(" ")}: ${error.message} ${err}`)) : done(out));
    });
  }

  /// Ends everything at once, and removes it.
  clear() {
    for (const { child } of this.#running.values()) child.kill("SIGKILL");
    rmSync(this.#top, { recursive: true, force: true });
    open.delete(this);
  }

  /// Ends everything. The service must have had nothing to complain of, but for what a kill broke off.
  async leave({ keep } = {}) {
    const world = await this.world().catch(() => ({ violations: [] }));
    await this.end("daemon");
    await this.end("sandbox");
    if (keep) console.error(`--- the log\n${this.log("daemon").split("\n").slice(-60).join("\n")}`);
    this.clear();
    const complaints = world.violations.filter((one) => one.what !== "broken body");
    if (complaints.length) throw new Error(`the service complains: ${JSON.stringify(complaints)}`);
  }
}

function answers(url) {
  const { hostname, port } = new URL(url);
  return new Promise((tell) => {
    const line = connect(Number(port), hostname);
    line.on("connect", () => tell(true)).on("error", () => tell(false)).on("close", () => line.destroy());
    line.on("connect", () => line.end());
  });
}
