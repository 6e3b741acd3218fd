// Checks an audit log that is published as C2SP tlog-tiles: reads every entry, makes the tree of RFC 6962
// anew, and compares it with the hashes that are published and with the signed checkpoint. It knows
// nothing about conformd, and needs nothing but WebCrypto.

const width = 256; // hashes in a full tile, entries in a full bundle
const ahead = 4; // tiles that are read before they are needed
const hashSize = 32;
const ed25519 = 1; // type of a key and of a signature, C2SP signed-note

class Damage extends Error {} // the log is not what its form demands

const text = (bytes) => new TextDecoder().decode(bytes);
const bytesOf = (s) => new TextEncoder().encode(s);

function joined(...parts) {
	const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
	let at = 0;
	for (const p of parts) {
		out.set(p, at);
		at += p.length;
	}
	return out;
}

function equal(a, b) {
	return a.length === b.length && a.every((x, i) => x === b[i]);
}

// base64 decodes the one spelling of bytes, and gives null for any other.
function base64(s) {
	try {
		const raw = atob(s);
		return btoa(raw) === s ? Uint8Array.from(raw, (c) => c.charCodeAt(0)) : null;
	} catch {
		return null;
	}
}

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
const leafHash = (leaf) => sha256(joined([0], leaf));
const nodeHash = (left, right) => sha256(joined([1], left, right));

// treeHash is the root over hashes, whose number is a power of two.
async function treeHash(hashes) {
	while (hashes.length > 1) {
		const pairs = [];
		for (let i = 0; i < hashes.length; i += 2) pairs.push(nodeHash(hashes[i], hashes[i + 1]));
		hashes = await Promise.all(pairs);
	}
	return hashes[0];
}

// An Edge is the right edge of a tree: the roots of its complete subtrees from left to right.
class Edge {
	constructor(roots = []) {
		this.roots = roots;
	}

	copy() {
		return new Edge([...this.roots]);
	}

	async add(level, hash) {
		while (this.roots.length && this.roots.at(-1).level === level) {
			hash = await nodeHash(this.roots.pop().hash, hash);
			level++;
		}
		this.roots.push({ level, hash });
	}

	async addTile(hashes) {
		if (hashes.length === width) return this.add(8, await treeHash(hashes));
		for (const h of hashes) await this.add(0, h);
	}

	async root() {
		if (!this.roots.length) return sha256(new Uint8Array());
		let hash = this.roots.at(-1).hash;
		for (let i = this.roots.length - 2; i >= 0; i--) hash = await nodeHash(this.roots[i].hash, hash);
		return hash;
	}
}

// indexPath writes a number in groups of three digits: 1234067 is x001/x234/067.
function indexPath(n, w) {
	let out = String(n % 1000).padStart(3, "0");
	while (n >= 1000) {
		n = Math.floor(n / 1000);
		out = `x${String(n % 1000).padStart(3, "0")}/${out}`;
	}
	return w < width ? `${out}.p/${w}` : out;
}

// parseCheckpoint reads a signed note of C2SP tlog-checkpoint.
function parseCheckpoint(note) {
	const end = note.lastIndexOf("\n\n");
	if (end < 0) throw new Damage("is no signed checkpoint");
	const body = note.slice(0, end + 1);
	const [origin, size, root, ...rest] = body.split("\n");
	if (!origin || !rest.length || !/^(0|[1-9][0-9]{0,14})$/.test(size) || base64(root)?.length !== hashSize) throw new Damage("does not begin with the name, the size and the root of a log");
	const signatures = note.slice(end + 2).split("\n").filter((l) => l).map((l) => {
		const [, name, blob] = /^— (\S+) (\S+)$/.exec(l) ?? [];
		const raw = blob && base64(blob);
		if (!raw || raw.length < 5) throw new Damage("has a signature that cannot be read");
		return { name, id: raw.slice(0, 4), signature: raw.slice(4) };
	});
	return { body, origin, size: Number(size), root: base64(root), signatures };
}

// firstName is the name of a log before any restore: a log gets a new name when a backup replaces it.
const firstName = (origin) => origin.replace(/\/restored-\d{8}T\d{6}\.\d{3}Z$/, "");

const keyID = async (name, key) => (await sha256(joined(bytesOf(`${name}\n`), [ed25519], key))).slice(0, 4);

// parseKey reads a public key of C2SP signed-note: name+id+key.
async function parseKey(line) {
	const [, name, id, encoded] = /^([^+\s]+)\+([0-9a-f]{8})\+(\S+)$/.exec(line.trim()) ?? [];
	const raw = encoded && base64(encoded);
	if (!raw || raw.length !== 33 || raw[0] !== ed25519) throw new Damage("The public key is not in the form name+id+key");
	const key = raw.slice(1);
	const want = [...(await keyID(name, key))].map((b) => b.toString(16).padStart(2, "0")).join("");
	if (want !== id) throw new Damage("The public key does not have the id that it names");
	return { name, key };
}

// signed says whether a checkpoint is signed by a key: true, false, or null where this browser cannot
// tell.
async function signed(checkpoint, key) {
	if (firstName(key.name) !== firstName(checkpoint.origin)) return false;
	const id = await keyID(checkpoint.origin, key.key);
	const found = checkpoint.signatures.filter((s) => s.name === checkpoint.origin && equal(s.id, id));
	if (!found.length) return false;
	let ours;
	try {
		ours = await crypto.subtle.importKey("raw", key.key, { name: "Ed25519" }, false, ["verify"]);
	} catch (err) {
		if (err.name === "NotSupportedError") return null;
		return false;
	}
	for (const s of found) if (!(await crypto.subtle.verify("Ed25519", ours, s.signature, bytesOf(checkpoint.body)))) return false;
	return true;
}

// signedByOne says the same of several keys, and names the one that signed. A log that was restored, or
// whose key was changed, has several.
async function signedByOne(checkpoint, keys) {
	let best = false;
	for (const key of keys) {
		const is = await signed(checkpoint, key);
		if (is) return [true, key.name];
		best = best === null ? null : is;
	}
	return [best];
}

// A reader of the files of a log, which is an address or a map of files by their paths.
function reader(log) {
	if (log instanceof Map) return async (path) => (log.has(path) ? new Uint8Array(await log.get(path).arrayBuffer()) : null);
	return async (path) => {
		const answer = await fetch(log + path, { cache: "no-store" });
		if (answer.redirected) throw new Error("You are no longer signed in. Sign in and start again.");
		if (answer.status === 404) return null;
		if (!answer.ok) throw new Error(`The server answered ${answer.status} for ${path}.`);
		return new Uint8Array(await answer.arrayBuffer());
	};
}

// entriesOf takes a bundle apart. first is the number of its first entry.
function entriesOf(bundle, first, count) {
	const out = [];
	let at = 0;
	for (let i = 0; i < count; i++) {
		const size = at + 2 <= bundle.length ? bundle[at] * 256 + bundle[at + 1] : -1;
		if (size < 0 || at + 2 + size > bundle.length) throw new Damage(`Entry ${first + i} is missing or cut off.`);
		out.push(bundle.subarray(at + 2, at + 2 + size));
		at += 2 + size;
	}
	if (at !== bundle.length) throw new Damage(`More follows entry ${first + count - 1} than the checkpoint signs.`);
	return out;
}

function hashesOf(tile, count) {
	if (tile?.length !== count * hashSize) return null;
	return Array.from({ length: count }, (_, i) => tile.subarray(i * hashSize, (i + 1) * hashSize));
}

// readTree reads all entries and makes the tree. at holds the sizes whose roots are wanted.
async function readTree(read, size, at, progress) {
	const tiles = Math.ceil(size / width);
	const count = (n) => Math.min(width, size - n * width);
	const both = (n) => {
		const pair = Promise.all([read(`tile/entries/${indexPath(n, count(n))}`), read(`tile/0/${indexPath(n, count(n))}`)]);
		pair.catch(() => {}); // whoever waits for it hears of it
		return pair;
	};
	const waiting = [];
	const t = { entries: new Edge(), published: new Edge(), roots: [], rootAt: new Map(), firstWrong: null, wrong: 0, lost: null };
	for (let n = 0, next = 0; n < tiles; n++) {
		while (next < tiles && next < n + ahead) waiting.push(both(next++));
		const [bundle, tile] = await waiting.shift();
		const first = n * width;
		const last = first + count(n) - 1;
		if (!bundle) throw new Damage(`The log ends early: entries ${first} to ${last} are not all there, and the checkpoint signs ${size} entries.`);
		const hashes = await Promise.all(entriesOf(bundle, first, count(n)).map(leafHash));
		const published = hashesOf(tile, count(n));
		if (!published) t.lost ??= `tile/0/${indexPath(n, count(n))}`;
		hashes.forEach((h, i) => {
			if (!published || equal(h, published[i])) return;
			t.firstWrong ??= first + i;
			t.wrong++;
		});
		for (const s of at) {
			if (s <= first || s > last + 1) continue;
			const edge = t.entries.copy();
			await edge.addTile(hashes.slice(0, s - first));
			t.rootAt.set(s, await edge.root());
		}
		await t.entries.addTile(hashes);
		await t.published.addTile(published ?? hashes);
		if (hashes.length === width) t.roots.push(await treeHash(hashes));
		progress(last + 1, size);
	}
	return t;
}

// upperTiles compares the tiles above those of the entries with the tree. It returns the first that differs.
async function upperTiles(read, roots) {
	let wrong = null;
	for (let level = 1; roots.length; level++) {
		const next = [];
		for (let n = 0; n * width < roots.length; n++) {
			const part = roots.slice(n * width, (n + 1) * width);
			const path = `tile/${level}/${indexPath(n, part.length)}`;
			const published = hashesOf(await read(path), part.length);
			const i = published ? part.findIndex((h, k) => !equal(h, published[k])) : 0;
			if (i >= 0 && !wrong) {
				const span = width ** level;
				wrong = { path, missing: !published, first: (n * width + i) * span, last: (n * width + i + 1) * span - 1 };
			}
			if (part.length === width) next.push(await treeHash(part));
		}
		roots = next;
	}
	return wrong;
}

// judgeTree says how the entries fit the root that is signed.
async function judgeTree(say, t, upper, checkpoint) {
	if (equal(await t.entries.root(), checkpoint.root)) {
		say(true, `All ${checkpoint.size} entries make the root that the checkpoint names: none was changed, added, removed or moved since.`);
		if (t.firstWrong !== null) say(false, `The published hash of entry ${t.firstWrong} is wrong (tile/0/${indexPath(Math.floor(t.firstWrong / width), width)}). The entry itself is the one that was signed.`);
		if (t.lost) say(false, `The hashes of ${t.lost} are missing or cut off. The entries themselves are those that were signed.`);
		if (upper) say(false, `${upper.path} ${upper.missing ? "is missing or cut off" : `has a wrong hash for entries ${upper.first} to ${upper.last}`}. The entries themselves are those that were signed.`);
		return;
	}
	if (t.firstWrong !== null && equal(await t.published.root(), checkpoint.root)) {
		say(false, `Entry ${t.firstWrong} is not what was signed.${t.wrong > 1 ? ` It is the first of ${t.wrong} entries that were changed.` : ""}`);
		return;
	}
	say(false, `The ${checkpoint.size} entries do not make the root that the checkpoint names.`);
	if (t.firstWrong !== null) say(false, `Entry ${t.firstWrong} is the first that differs from its published hash.`);
	else if (upper && !upper.missing) say(false, `The first difference lies in entries ${upper.first} to ${upper.last}.`);
	else say(false, "Every entry fits its published hash, so that this log alone does not tell which entry was changed.");
}

// judgeEarlier compares with a checkpoint that the reader kept.
function judgeEarlier(say, earlier, checkpoint, t, isSigned) {
	if (firstName(earlier.origin) !== firstName(checkpoint.origin)) return say(false, `The earlier checkpoint is one of another log, ${earlier.origin}.`);
	if (isSigned === false) say(false, "The earlier checkpoint is not signed by this key.");
	if (earlier.size > checkpoint.size) return say(false, `The log was cut off or replaced: the earlier checkpoint names ${earlier.size} entries, and now there are ${checkpoint.size}.`);
	if (!equal(t.rootAt.get(earlier.size), earlier.root)) return say(false, `The first ${earlier.size} entries are not those of the earlier checkpoint.`);
	return say(true, `The log continues the earlier checkpoint: its first ${earlier.size} entries are the same.`);
}

async function verify({ log, key: keyLine, own, earlier: earlierNote }) {
	const lines = [];
	const open = [];
	const say = (ok, line) => {
		lines.push({ ok, text: line });
	};
	const read = reader(log);
	const keyLines = (keyLine || text((await read("key.pub")) ?? bytesOf(""))).split(/\s+/).filter((l) => l);
	if (!keyLines.length) throw new Damage("There is no public key: the log has no key.pub, and none was given");
	const keys = await Promise.all(keyLines.map(parseKey));
	let earlier = null;
	if (earlierNote.trim()) {
		try {
			earlier = parseCheckpoint(`${earlierNote.trim()}\n`);
		} catch (err) {
			throw new Damage(`The earlier checkpoint ${err.message}.`);
		}
	}
	const note = await read("checkpoint");
	if (!note) throw new Damage("The log has no checkpoint: it is empty, or was taken away.");
	let checkpoint;
	try {
		checkpoint = parseCheckpoint(text(note));
	} catch (err) {
		throw new Damage(`The checkpoint of the log ${err.message}.`);
	}
	const [isSigned, name] = await signedByOne(checkpoint, keys);
	if (isSigned) say(true, `The checkpoint of ${checkpoint.size} entries is signed by the key ${name}.`);
	if (isSigned === false) say(false, "The checkpoint is not signed by this key: it was changed, or another key signed it.");
	if (isSigned === null) {
		say(null, "Hashes checked, signature not checked: this browser has no Ed25519.");
		open.push("Who signed the checkpoint. Check it with conform-verify or in another browser.");
	}
	try {
		const t = await readTree(read, checkpoint.size, earlier ? [earlier.size] : [], (done, size) => postMessage({ kind: "progress", done, size }));
		if (earlier?.size === 0) t.rootAt.set(0, await new Edge().root());
		await judgeTree(say, t, await upperTiles(read, t.roots), checkpoint);
		if (earlier) judgeEarlier(say, earlier, checkpoint, t, (await signedByOne(earlier, keys))[0]);
	} catch (err) {
		if (!(err instanceof Damage)) throw err;
		say(false, err.message);
	}
	if (!earlier) open.push("That the whole log was not replaced, or its end cut off. Only a checkpoint that you kept from before shows that.");
	if (!own) open.push("That the key is the right one: it came from the system that is checked. Give the one that you keep.");
	const bad = lines.some((l) => l.ok === false);
	return { kind: "result", verdict: bad ? "bad" : isSigned ? "good" : "partly", lines, open };
}

onmessage = async (e) => {
	try {
		postMessage(await verify(e.data));
	} catch (err) {
		if (err instanceof Damage) postMessage({ kind: "result", verdict: "bad", lines: [{ ok: false, text: err.message }], open: [] });
		else postMessage({ kind: "failed", text: err.message });
	}
};
