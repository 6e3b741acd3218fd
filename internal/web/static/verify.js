// The box "Verify this log" of the audit log, and of the page verify.html, which needs no server: there the
// log is a folder that the reader picks. The work is done in verify-worker.js; this file shows it.

const box = document.getElementById("verify");
const part = (name) => box.querySelector(`[data-verify="${name}"]`);
const form = part("form");
const status = part("status");
const bar = part("progress");
const result = part("result");
const folder = part("folder"); // verify.html alone
const source = document.getElementById("worker"); // verify.html alone, which has the worker in itself

const verdicts = {
	good: "✓ The log holds",
	partly: "◆ The hashes hold, the signature was not checked",
	bad: "▲ The log does not hold",
};

function element(tag, text) {
	const e = document.createElement(tag);
	e.textContent = text;
	return e;
}

function show({ verdict, lines, open }) {
	const list = document.createElement("ul");
	list.className = "marks";
	const marks = new Map([[true, "✓"], [false, "▲"], [null, "◆"]]);
	for (const l of lines) list.append(element("li", `${marks.get(l.ok)} ${l.text}`));
	result.replaceChildren(element("h3", verdicts[verdict]), list);
	if (open.length) {
		const rest = document.createElement("ul");
		for (const line of open) rest.append(element("li", line));
		result.append(element("p", "Not shown by this check:"), rest);
	}
	result.dataset.verdict = verdict;
	result.focus();
}

// picked returns the files of the folder that was picked by their paths in the log, or null if it holds no log.
function picked() {
	const at = [...folder.files].map((f) => [f.webkitRelativePath, f]);
	const depth = (path) => path.split("/").length;
	const [first] = at.map(([path]) => path).filter((path) => path.endsWith("/checkpoint")).sort((a, b) => depth(a) - depth(b));
	if (!first) return null;
	const base = first.slice(0, -"checkpoint".length);
	return new Map(at.filter(([path]) => path.startsWith(base)).map(([path, f]) => [path.slice(base.length), f]));
}

let worker = null;

function stop(text) {
	worker?.terminate();
	worker = null;
	bar.hidden = true;
	status.textContent = text;
}

function start(event) {
	event.preventDefault();
	stop("Reading the log …");
	result.replaceChildren();
	delete result.dataset.verdict;
	const key = part("key").value.trim();
	const log = folder ? picked() : new URL(box.dataset.log, location).href;
	if (!log) {
		stop("This folder holds no audit log: it has no file called checkpoint. Pick the folder that you unpacked.");
		return;
	}
	worker = new Worker(source ? URL.createObjectURL(new Blob([source.textContent], { type: "text/javascript" })) : box.dataset.worker);
	worker.onerror = () => stop("The check could not start in this browser. Use conform-verify.");
	worker.onmessage = ({ data }) => {
		if (data.kind === "progress") {
			bar.hidden = false;
			bar.max = data.size;
			bar.value = data.done;
			status.textContent = `${data.done} of ${data.size} entries read`;
		} else if (data.kind === "failed") {
			stop(`The check did not end: ${data.text}`);
		} else {
			stop("The check has ended.");
			show(data);
		}
	};
	worker.postMessage({ log, key, own: key !== box.dataset.key, earlier: part("earlier").value });
}

if (globalThis.crypto?.subtle) {
	form.hidden = false;
	form.addEventListener("submit", start);
} else {
	status.textContent = "Verifying in the browser needs HTTPS or localhost. At this address the browser offers no cryptography; use conform-verify instead.";
}
