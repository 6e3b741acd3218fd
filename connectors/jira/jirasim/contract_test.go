package jirasim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/conformd/conformd/connectors/jira/jirasim"
	"github.com/conformd/conformd/internal/lanetest"
)

// TestContract checks requests of every kind, and what is answered to them,
// against Atlassian's own descriptions of the API.
//
// The description of Cloud is of version 3. Reads are made there. Writes are made
// in version 2, whose operations are the same but for text, which is a wiki
// string instead of a document; the description leaves the type of such values
// open, so their schemas need no change.
func TestContract(t *testing.T) {
	t.Run("Cloud", func(t *testing.T) { checkContract(t, jirasim.Cloud, "testdata/openapi/cloud-v3.json") })
	t.Run("Data Center", func(t *testing.T) {
		// Atlassian's description of Data Center states no licence, so it is no part
		// of this repository; who has it puts it beside the checkout.
		const spec = "../../../../shared/reference/jira/openapi/jira-datacenter-10.3.trimmed.json"
		if _, err := os.Stat(spec); err != nil {
			lanetest.LeaveOut(t, "data-center-contract", "the description of Data Center is not beside the checkout: "+err.Error())
		}
		checkContract(t, jirasim.DataCenter, spec)
	})
}

func checkContract(t *testing.T, deployment, spec string) {
	raw, err := os.ReadFile(spec)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	amend(doc)
	compiler := jsonschema.NewCompiler()
	compiler.DefaultDraft(jsonschema.Draft4) // the dialect of OpenAPI 3.0 is nearest to it
	compiler.AssertFormat()
	if err := compiler.AddResource("openapi.json", doc); err != nil {
		t.Fatal(err)
	}
	paths, _ := doc.(map[string]any)["paths"].(map[string]any)
	s := jirasim.New(jirasim.Options{
		Deployment: deployment, Versions: []string{"1.0"}, Components: []string{"Door"},
		Fields: append(jirasim.DefaultFields(), kinds()...),
	})
	server := httptest.NewServer(s)
	defer server.Close()
	defer s.Close()
	c := &contract{t: t, paths: paths, compiler: compiler, url: server.URL, cloud: deployment == jirasim.Cloud}
	rootCause := s.FieldID("Root cause")
	create := func(summary string) string {
		return `{"fields":{"project":{"key":"ISMS"},"issuetype":{"name":"Nonconformity"},"summary":"` + summary + `","description":"h1. Text","labels":["a"],"priority":{"name":"High"},"` + rootCause + `":"because"},"properties":[{"key":"conformd","value":{"marker":"m"}}]}`
	}
	assignee := `{"name":"erik"}`
	user := "/user?username=erik"
	if c.cloud {
		assignee, user = `{"accountId":"712020:erik"}`, "/user?accountId=712020:erik"
	}
	values := map[string]any{"components": []any{map[string]string{"name": "Door"}}, "fixVersions": []any{map[string]string{"name": "1.0"}}}
	for name, raw := range map[string]string{
		"Link": `"https://example.com"`, "Radio": `{"value":"a"}`, "Boxes": `[{"value":"a"},{"value":"b"}]`, "Cascade": `{"value":"a","child":{"value":"c"}}`,
		"People": "[" + assignee + "]", "Group": `{"name":"reviewers"}`, "Groups": `[{"name":"reviewers"}]`, "Moment": `"2026-12-24T15:04:05.000+0000"`,
		"Release": `{"name":"1.0"}`, "Where from": `{"key":"ISMS"}`, "Sprint": `7`, "Cost": `12`,
	} {
		values[s.FieldID(name)] = json.RawMessage(raw)
	}
	everything, err := json.Marshal(map[string]any{"fields": values})
	if err != nil {
		t.Fatal(err)
	}
	people := "/user/search?query=erik&username=erik"

	c.read("/serverInfo", 200)
	c.read("/myself", 200)
	c.read("/mypermissions?projectKey=ISMS&permissions=BROWSE_PROJECTS,EDIT_ISSUES", 200)
	c.read("/field", 200)
	c.read("/project/ISMS", 200)
	c.read("/project/NONE", 404)
	c.read("/project/ISMS/statuses", 200)
	c.read("/issue/createmeta/ISMS/issuetypes", 200)
	c.read("/issue/createmeta/ISMS/issuetypes/10001", 200)
	c.read("/priority", 200)
	c.read("/resolution", 200)
	c.read("/status", 200)
	c.read(user, 200)
	c.read(people, 200)
	c.read(strings.Replace(people, "user/", "user/assignable/", 1)+"&project=ISMS", 200)

	created := c.call("POST", "/issue", create("one"), 201)
	key, _ := created["key"].(string)
	c.call("POST", "/issue", `{"fields":{"project":{"key":"ISMS"}}}`, 400)
	c.call("POST", "/issue", create(strings.Repeat("x", 256)), 400)
	issue := "/issue/" + key
	c.call("PUT", issue, `{"fields":{"summary":"two","duedate":"2026-12-24"},"update":{"labels":[{"add":"b"},{"remove":"a"}]}}`, 204)
	c.call("PUT", issue, `{"fields":{"summary":null}}`, 400)
	c.call("PUT", issue, string(everything), 204)
	c.call("PUT", issue, `{"fields":{"`+s.FieldID("Cascade")+`":{"value":"a","child":{"value":"moon"}}}}`, 400)
	c.read(issue+"/editmeta", 200)
	c.call("PUT", issue+"/assignee", assignee, 204)
	c.call("PUT", issue+"/properties/conformd", `{"marker":"other"}`, 200)
	c.read(issue+"/properties", 200)
	c.read(issue+"/properties/conformd", 200)
	c.read(issue+"/transitions?expand=transitions.fields", 200)
	c.call("POST", issue+"/transitions", `{"transition":{"id":"91"},"fields":{"resolution":{"name":"Duplicate"}}}`, 204)
	c.call("POST", issue+"/transitions", `{"transition":{"id":"41"}}`, 400)
	const file = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"screen.png\"\r\n\r\nPNG\r\n--b--\r\n"
	c.call("POST", issue+"/attachments", file, 403)
	c.form = "multipart/form-data; boundary=b"
	c.call("POST", issue+"/attachments", file, 200)
	attached := s.Snapshots()[0].Attachments
	if len(attached) != 1 || attached[0] != "screen.png" {
		t.Fatalf("attachments = %v, want the one of the form", attached)
	}
	admin := s.Person("admin")
	attachment, err := admin.Attach(key, "notes.txt", []byte("notes"))
	if err != nil {
		t.Fatal(err)
	}
	c.read("/attachment/"+attachment, 200)
	c.read("/attachment/1", 404)
	c.call("DELETE", "/attachment/"+attachment, "", 204)
	comment := c.call("POST", issue+"/comment", `{"body":"hello"}`, 201)
	id, _ := comment["id"].(string)
	c.call("PUT", issue+"/comment/"+id, `{"body":"hello again"}`, 200)
	c.read(issue+"/comment", 200)
	c.read(issue+"/comment/"+id, 200)
	c.read(issue+"?expand=changelog,transitions&properties=conformd", 200)
	c.read("/issue/ISMS-999", 404)
	if !c.cloud {
		c.call("POST", "/search", `{"jql":"project = ISMS","fields":["summary"],"expand":["changelog"]}`, 200)
		c.read("/search?jql=project+%3D+ISMS", 200)
		c.read("/search?jql=nonsense", 400)
		return
	}
	c.read(issue+"/changelog", 200)
	c.read("/search/jql?jql=project+%3D+ISMS&fields=*all&expand=changelog", 200)
	c.read("/search/jql?jql=nonsense", 400)
	c.readPost("/search/jql", `{"jql":"project = ISMS","fields":["summary","comment"],"expand":"changelog","maxResults":1}`, 200)
	c.readPost("/search/jql", `{"jql":"project = ISMS"}`, 200)
	c.readPost("/search/approximate-count", `{"jql":"project = ISMS AND (status = Reported)"}`, 200)
	c.readPost("/search/approximate-count", `{"jql":"nonsense"}`, 400)
	c.readPost("/issue/bulkfetch", `{"issueIdsOrKeys":["`+key+`","999999"],"fields":["*all"],"expand":["changelog"]}`, 200)
	c.readPost("/comment/list?expand=properties", `{"ids":[`+id+`]}`, 200)
}

// kinds are fields of the types that DefaultFields lacks.
func kinds() []jirasim.Field {
	return []jirasim.Field{
		{Name: "Link", Kind: jirasim.KindURL},
		{Name: "Radio", Kind: jirasim.KindRadio, Options: []string{"a", "b"}},
		{Name: "Boxes", Kind: jirasim.KindCheckboxes, Options: []string{"a", "b"}},
		{Name: "Cascade", Kind: jirasim.KindCascading, Options: []string{"a", "b"}, Children: map[string][]string{"a": {"c", "d"}}},
		{Name: "People", Kind: jirasim.KindMultiUser},
		{Name: "Group", Kind: jirasim.KindGroup},
		{Name: "Groups", Kind: jirasim.KindMultiGroup},
		{Name: "Moment", Kind: jirasim.KindDateTime},
		{Name: "Release", Kind: jirasim.KindVersion},
		{Name: "Where from", Kind: jirasim.KindProject},
		{Name: "Sprint", Kind: jirasim.KindSprint},
	}
}

// A contract sends requests and checks both sides of each.
type contract struct {
	t     *testing.T
	paths map[string]any
	url   string
	cloud bool
	form  string // content type of the next request, if it is a form

	compiler *jsonschema.Compiler
}

func (c *contract) read(path string, want int) { c.send("GET", c.version(), path, "", want) }

func (c *contract) readPost(path, body string, want int) {
	c.send("POST", c.version(), path, body, want)
}

func (c *contract) call(method, path, body string, want int) map[string]any {
	return c.send(method, "2", path, body, want)
}

func (c *contract) version() string {
	if c.cloud {
		return "3"
	}
	return "2"
}

func (c *contract) send(method, version, path, body string, want int) map[string]any {
	c.t.Helper()
	req, err := http.NewRequestWithContext(c.t.Context(), method, c.url+"/rest/api/"+version+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	form := c.form
	if c.form = ""; form != "" {
		req.Header.Set("Content-Type", form)
		req.Header.Set("X-Atlassian-Token", "no-check")
	}
	req.SetBasicAuth("admin", "admin-token")
	if c.cloud {
		req.SetBasicAuth("admin@example.com", "admin-token")
	}
	resp, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.StatusCode != want {
		c.t.Fatalf("%s %s = %d %s, want %d", method, path, resp.StatusCode, raw, want)
	}
	op, at := c.operation(method, path)
	const media = "/content/application~1json/schema"
	rawProperty := strings.Contains(path, "/properties/") // any JSON, which Data Center describes as a text
	if body != "" && op["requestBody"] != nil && want < 400 && !rawProperty && form == "" {
		c.check("request of "+method+" "+path, at+"/requestBody"+media, []byte(body))
	}
	status := strconv.Itoa(want)
	responses, _ := op["responses"].(map[string]any)
	answer, known := responses[status].(map[string]any)
	if !known && want < 400 {
		c.t.Fatalf("%s %s: the description knows no answer %d", method, path, want)
	}
	if content, ok := answer["content"].(map[string]any); ok && len(raw) > 0 && content["application/json"] != nil {
		c.check("answer to "+method+" "+path, at+"/responses/"+status+media, raw)
	}
	m := map[string]any{}
	if len(raw) > 0 && raw[0] == '{' {
		if err := json.Unmarshal(raw, &m); err != nil {
			c.t.Fatal(err)
		}
	}
	if want >= 400 && m["errorMessages"] == nil {
		c.t.Errorf("%s %s: %s is no error collection", method, path, raw)
	}
	return m
}

// amend corrects what recorded answers of real servers contradict: the sides of
// a history item may be null, OpenAPI's nullable is not in JSON Schema, and the
// value of an entity property is any JSON, not a text.
func amend(v any) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			amend(x)
		}
	case map[string]any:
		for _, x := range v {
			amend(x)
		}
		if kind, ok := v["type"].(string); ok && v["nullable"] == true {
			v["type"] = []any{kind, "null"}
		}
		props, ok := v["properties"].(map[string]any)
		if !ok {
			return
		}
		for _, side := range []string{"from", "fromString", "to", "toString"} {
			if m, ok := props[side].(map[string]any); ok && m["type"] == "string" {
				m["type"] = []any{"string", "null"}
			}
		}
		if m, ok := props["value"].(map[string]any); ok && len(props) == 2 && props["key"] != nil {
			delete(m, "type")
		}
	}
}

// operation finds what the description says of a path, and where it says so.
func (c *contract) operation(method, path string) (map[string]any, string) {
	c.t.Helper()
	path, _, _ = strings.Cut("/rest/api/"+c.version()+path, "?")
	best, params := "", regexp.MustCompile(`\{[^/]+\}`)
	for template, ops := range c.paths {
		form := regexp.MustCompile("^" + params.ReplaceAllString(template, "[^/]+") + "$")
		// Of two that match, the one with fewer parameters is meant.
		if m, _ := ops.(map[string]any); m[strings.ToLower(method)] != nil && form.MatchString(path) && (best == "" || strings.Count(template, "{") < strings.Count(best, "{")) {
			best = template
		}
	}
	if best == "" {
		c.t.Fatalf("the description knows no %s %s", method, path)
	}
	ops, _ := c.paths[best].(map[string]any)
	op, _ := ops[strings.ToLower(method)].(map[string]any)
	return op, "#/paths/" + strings.ReplaceAll(best, "/", "~1") + "/" + strings.ToLower(method)
}

// check validates a body. Jira writes moments with an offset of four digits,
// which its own description, asking for RFC 3339, does not allow: they are
// rewritten before the check.
func (c *contract) check(what, pointer string, raw []byte) {
	c.t.Helper()
	schema, err := c.compiler.Compile("openapi.json" + pointer)
	if err != nil {
		c.t.Fatal(err)
	}
	raw = regexp.MustCompile(`("\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d)(\d\d")`).ReplaceAll(raw, []byte("$1:$2"))
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		c.t.Errorf("%s: %v", what, err)
		return
	}
	// The description of Data Center gives of a list only its elements.
	values := []any{v}
	if list, ok := v.([]any); ok && !c.cloud {
		values = list
	}
	for _, v := range values {
		err = errors.Join(err, schema.Validate(v))
	}
	if err != nil {
		c.t.Errorf("%s is not as described: %.900s", what, err)
	}
}
