package apitest

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"

	"github.com/conformd/conformd/internal/api"
)

// A drawer draws requests from a document. The same seed and the same answers give the same requests.
type drawer struct {
	doc    *document
	r      *rand.Rand
	host   string
	token  string
	acts   []api.Act
	filing *api.Act
	// known are values that mean something to the register, by the names of parameters and inputs.
	known map[string][]string
	// tag returns the tag of a record as it is now.
	tag func(ref string) string
}

func newDrawer(doc *document, seed uint64) *drawer {
	return &drawer{doc: doc, r: rand.New(rand.NewPCG(seed, 0)), known: map[string][]string{ //nolint:gosec // repeatable by its seed
		"period": {"2026-Q3", "2026", "2026-H1", "2026-09", "2026-W37", "2026-07-01..2026-09-30"}, "at": {"2026-09-30", "2026-09-30T12:00:00Z"}, "owner": {"erik", "irene", "nobody"}, "person": {"erik", "rita"},
		"state": {"reported", "analysis,closed"}, "kind": {"nonconformity", "improvement", "management_review", "signal"}, "grade": {"major", "minor"}, "risk": {"high,low"}, "q": {"leaver", "accounts stay", "nc 1"},
		"value": {"The office in Berlin", "2026-12-24", "minor", "erik", "- [ ] Ask HR @olga due:2026-12-20"}, "reason": {"The interview of Monday shows it, and the export of the directory too."},
		"take": {"register", "jira-isms", "gh-isms"}, "title": {"Leaver accounts stay enabled"}, "standard": {"iso9001"}, "sort": {"-number", "due"},
	}}
}

// A drawn is a request as it is sent, byte for byte.
type drawn struct {
	op   operation
	wire []byte
}

// draw draws a request for an operation. Most have something wrong with them.
func (d *drawer) draw(op operation) drawn {
	wild := d.r.IntN(5) > 0
	if op.body != nil {
		wild = d.r.IntN(2) > 0 // what is done to the register is worth more
	}
	odd := func(n int) bool { return wild && d.r.IntN(n) == 0 }
	path, ref, act := op.path, "", ""
	var query []string
	header := map[string]string{"Host": d.host, "Authorization": "Bearer " + d.token}
	for _, p := range op.params {
		if p.in != "path" && p.name != "If-Match" && d.r.IntN(3) > 0 {
			continue
		}
		v := d.value(p.name, odd(4), func() string { return d.rendered(p) })
		switch p.name {
		case "ref":
			ref = v
		case "act":
			act = v
		}
		if p.name == "If-Match" && slices.Contains(d.known["ref"], ref) && !odd(4) {
			v = d.tag(ref)
		}
		switch p.in {
		case "path":
			text := url.PathEscape(v)
			if odd(10) {
				text = v // as it is
			}
			path = strings.Replace(path, "{"+p.name+"}", text, 1)
		case "query":
			text := url.QueryEscape(v)
			if odd(10) {
				text = v
			}
			query = append(query, p.name+"="+text)
			if odd(10) {
				query = append(query, p.name+"="+text)
			}
		default:
			header[p.name] = v
		}
	}
	if odd(12) {
		query = append(query, pick(d.r, []string{"colour=red", "", "=", "&&", "limit", "limit=%", "a[b]=c", ";", strings.Repeat("q=x&", 2000)}))
	}
	body := ""
	if op.body != nil {
		header["Content-Type"] = "application/json"
		body = d.body(op, act, wild)
	}
	method := op.method
	if wild {
		method = d.absurd(method, header)
	}
	var w bytes.Buffer
	fmt.Fprintf(&w, "%s %s%s", method, api.Prefix, path)
	if len(query) > 0 {
		w.WriteString("?" + strings.Join(query, "&"))
	}
	w.WriteString(" HTTP/1.1\r\n")
	for _, name := range slices.Sorted(maps.Keys(header)) {
		fmt.Fprintf(&w, "%s: %s\r\n", name, header[name])
	}
	if op.body != nil || odd(30) {
		fmt.Fprintf(&w, "Content-Length: %d\r\n", len(body))
	}
	w.WriteString("Connection: close\r\n\r\n" + body)
	return drawn{op, w.Bytes()}
}

// absurd changes the method and headers now and then.
func (d *drawer) absurd(method string, header map[string]string) string {
	switch d.r.IntN(40) {
	case 0:
		return pick(d.r, []string{"GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW", "get", "G ET"})
	case 1:
		header["Authorization"] = pick(d.r, []string{"", "Bearer", "Bearer x", "Basic eDp5", "Bearer " + d.token + "x", d.token, "bearer  " + d.token, hostile(d.r)})
	case 2:
		header["Content-Type"] = pick(d.r, []string{"", "text/plain", "application/xml", "application/json; charset=utf-16", "multipart/form-data", "application/cbor", "application/problem+json", "application/json,text/plain", "/", hostile(d.r)})
	case 3:
		header["Accept"] = pick(d.r, []string{"text/html", "*/*;q=0", "application/cbor", "application/problem+json", "", "q=", hostile(d.r)})
	case 4:
		header["X-Absurd"] = strings.Repeat("x", pick(d.r, []int{1000, 20_000, 60_000}))
	case 5:
		header[pick(d.r, []string{"Content-Encoding", "Cookie", "Origin", "Sec-Fetch-Site", "X-Forwarded-For", "Range", "X-HTTP-Method-Override", "If-None-Match", "If-Modified-Since", "Idempotency-Key", "If-Match"})] = pick(d.r, []string{"gzip", "*", "DELETE", "cross-site", "bytes=0-1", hostile(d.r)})
	case 6:
		header["Host"] = pick(d.r, []string{"evil.example", "", "127.0.0.1", "localhost:1", hostile(d.r)})
	}
	return method
}

// value draws a value: one that means something to the register, one that the document allows, or a hostile one.
func (d *drawer) value(name string, wild bool, rendered func() string) string {
	known := d.known[name]
	switch {
	case wild:
		return hostile(d.r)
	case len(known) > 0 && d.r.IntN(4) > 0:
		return pick(d.r, known)
	default:
		return rendered()
	}
}

// rendered draws a value that the document allows for a parameter.
func (d *drawer) rendered(p parameter) string {
	v := allowed(d.r, p.schema)
	list, ok := v.([]any)
	if !ok {
		return fmt.Sprint(v)
	}
	words := make([]string, len(list))
	for i, x := range list {
		words[i] = fmt.Sprint(x)
	}
	return strings.Join(words, ",")
}

// body draws a body.
func (d *drawer) body(op operation, act string, wild bool) string {
	v := allowed(d.r, op.body)
	switch op.id {
	case "file-record":
		v = d.inputs(d.filing)
	case "act":
		v = d.inputs(d.actNamed(act))
	case "act-on-several":
		v = d.several(d.actNamed(act))
	default:
		if m, ok := v.(map[string]any); ok {
			for name := range m {
				m[name] = d.value(name, wild && d.r.IntN(4) == 0, func() string { return fmt.Sprint(m[name]) })
			}
			delete(m, pick(d.r, []string{"take", "value"}))
		}
	}
	if wild && d.r.IntN(3) == 0 {
		v = mutated(d.r, v)
	}
	return encoded(d.r, v, wild && d.r.IntN(8) == 0)
}

// actNamed returns the act of a name, or any for a name of none.
func (d *drawer) actNamed(name string) *api.Act {
	if i := slices.IndexFunc(d.acts, func(k api.Act) bool { return k.Name == name }); i >= 0 {
		return &d.acts[i]
	}
	return &d.acts[d.r.IntN(len(d.acts))]
}

// several draws an act of several records, some of them twice or of no such name.
func (d *drawer) several(k *api.Act) any {
	v := d.inputs(k)
	var records []any
	for range 1 + d.r.IntN(3) {
		x := map[string]any{"record": d.value("ref", d.r.IntN(8) == 0, func() string { return "NC-2026-0001" })}
		if d.r.IntN(3) > 0 {
			x["version"] = 1 + d.r.IntN(12)
		}
		records = append(records, x)
	}
	v["records"] = records
	if d.r.IntN(2) == 0 {
		v["dry_run"] = true
	}
	return v
}

// inputs draws what is said with an act, as the interface describes its inputs.
func (d *drawer) inputs(k *api.Act) map[string]any {
	in := map[string]any{}
	for _, i := range k.Inputs {
		switch {
		case !i.Needed && d.r.IntN(2) == 0:
		case d.r.IntN(12) == 0:
			in[i.Name] = hostile(d.r)
		case len(i.Options) > 0:
			in[i.Name] = pick(d.r, i.Options)
		default:
			in[i.Name] = d.value(i.Name, false, func() string {
				return pick(d.r, []string{"2026-12-24", "The list of leavers goes to IT by mail, and one mail is missing.", "97", "https://wiki.example/imports/42", "erik", "NC-2026-0001"})
			})
		}
	}
	return map[string]any{"inputs": in}
}

func sorted(m map[string]any) []string { return slices.Sorted(maps.Keys(m)) }
