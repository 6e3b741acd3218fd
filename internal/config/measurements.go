package config

import (
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/kpi"
)

// A Measurement says which source is asked for the values of one measure, control check or
// objective: exactly one of KPI, Count, File and HTTP is given.
type Measurement struct {
	Measure string    `json:"measure" jsonschema:"required" jsonschema_description:"Number of the measure, control check or objective, such as MEA-2026-0001."`
	KPI     FromKPI   `json:"kpi" jsonschema_description:"A figure of the register, as of the end of the period."`
	Count   FromCount `json:"count" jsonschema_description:"How many issues of a binding a search finds when it is asked."`
	File    FromFile  `json:"file" jsonschema_description:"A value in a file, as it is when conformd reads it."`
	HTTP    FromHTTP  `json:"http" jsonschema_description:"A value at an address, as it is when conformd asks for it."`
}

// FromKPI is a figure of the register.
type FromKPI struct {
	Figure string `json:"figure" jsonschema_description:"Number of the figure, such as K4 (conformd report kpi)."`
	Value  string `json:"value" jsonschema_description:"Name of one of its values, such as overdue; the value is the mean where the figure shows a mean."`
}

// FromCount is a search in a binding.
type FromCount struct {
	Binding string `json:"binding" jsonschema_description:"Id of the binding; issues of its project or repository are counted, selected or not."`
	Query   string `json:"query" jsonschema_description:"The search in the tracker's own words: JQL without ORDER BY, or words of GitHub's search for issues without places, OR and parentheses."`
}

// FromFile is a file.
type FromFile struct {
	Path    string `json:"path" jsonschema_description:"A regular file of at most 1 MiB; a relative path starts at the folder of this file."`
	Pointer string `json:"pointer" jsonschema_description:"JSON Pointer (RFC 6901) to the value, such as /total/percent; without it the whole content is the value."`
}

// FromHTTP is an address.
type FromHTTP struct {
	URL     string `json:"url" jsonschema_description:"The address; https:// is demanded, but for an address of this machine, and an answer has at most 1 MiB."`
	Pointer string `json:"pointer" jsonschema_description:"JSON Pointer (RFC 6901) to the value, such as /total/percent; without it the whole answer is the value."`
	Header  string `json:"header" jsonschema_description:"Name of the header that holds the token alone, such as PRIVATE-TOKEN; without it the token is sent as Authorization: Bearer."`
	Token   Secret `json:"token" jsonschema_description:"Token that the address wants."`
}

// checkMeasurements judges the sources of measurements.
func (c *Config) checkMeasurements() {
	seen := map[string]string{}
	for i, m := range c.Measurements {
		key := Key("measurements", i)
		c.once(seen, strings.ToUpper(m.Measure), join(key, "measure"), "a source of "+m.Measure)
		c.checkNumber(join(key, "measure"), m.Measure)
		var given []string
		for _, name := range []string{"kpi", "count", "file", "http"} {
			if c.source.written(join(key, name)) {
				given = append(given, name)
			}
		}
		switch {
		case len(given) == 0:
			c.source.fail(CodeMissing, key, "no source is named", "add kpi, count, file or http")
		case len(given) > 1:
			c.source.fail(CodeMisplaced, join(key, given[1]), "a measure has one source, and "+given[0]+" stands beside it", "keep one of "+strings.Join(given, ", "))
		default:
			c.checkMeasurement(join(key, given[0]), given[0], m)
		}
	}
}

// checkMeasurement judges the one source that is named.
func (c *Config) checkMeasurement(key, source string, m Measurement) {
	switch source {
	case "kpi":
		c.checkKPI(key, m.KPI)
	case "count":
		c.checkCount(key, m.Count)
	case "file":
		c.needs(key, "path", m.File.Path, "the path of the file")
		c.checkPointer(key, m.File.Pointer)
	case "http":
		c.checkHTTP(key, m.HTTP)
	}
}

// needs reports a key that is empty; what is the value in words.
func (c *Config) needs(key, name, value, what string) {
	if at := join(key, name); strings.TrimSpace(value) == "" {
		c.source.fail(CodeMissing, at, "the key is needed and is not there", "add "+name+": "+what)
	}
}

func (c *Config) checkKPI(key string, k FromKPI) {
	c.needs(key, "figure", k.Figure, "the number of the figure, such as K4")
	c.needs(key, "value", k.Value, "the name of one of its values")
	if k.Figure == "" {
		return
	}
	values, known := kpi.Values(k.Figure)
	switch {
	case !known:
		c.source.fail(CodeReference, join(key, "figure"), "there is no figure "+quote(k.Figure), "see conformd report kpi; its figures are "+strings.Join(kpi.IDs(), ", "))
	case len(values) == 0:
		c.source.fail(CodeReference, join(key, "figure"), "every value of "+k.Figure+" is about a group that may be missing", "write another figure")
	case k.Value != "" && !slices.Contains(values, k.Value):
		c.source.fail(CodeReference, join(key, "value"), k.Figure+" has no value "+quote(k.Value)+" in every period", suggestion(k.Value, values))
	}
}

func (c *Config) checkCount(key string, n FromCount) {
	c.needs(key, "binding", n.Binding, "the id of the binding")
	c.needs(key, "query", n.Query, "the search, in the tracker's own words")
	if n.Binding == "" {
		return
	}
	var ids []string
	for i := range c.Bindings {
		ids = append(ids, c.Bindings[i].ID)
	}
	for _, p := range c.Patterns {
		if entry, _, several := strings.Cut(n.Binding, "/"); several && entry == p.Entry {
			return // only the tracker knows the repositories of a pattern
		}
	}
	if !slices.Contains(ids, n.Binding) {
		c.source.fail(CodeReference, join(key, "binding"), "there is no binding "+quote(n.Binding), suggestion(n.Binding, ids))
	}
}

func (c *Config) checkHTTP(key string, h FromHTTP) {
	c.needs(key, "url", h.URL, "the address")
	c.checkPointer(key, h.Pointer)
	c.checkAddress(join(key, "url"), h.URL)
	switch {
	case h.Header == "":
	case !h.Token.Given():
		c.source.fail(CodeMisplaced, join(key, "header"), "a header is named, and no token for it", "add token, or remove header")
	case !regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$").MatchString(h.Header):
		c.source.fail(CodeForm, join(key, "header"), quote(h.Header)+" is not the name of a header", "write a name such as PRIVATE-TOKEN")
	case slices.Contains(hopHeaders(), textproto.CanonicalMIMEHeaderKey(h.Header)):
		c.source.fail(CodeForm, join(key, "header"), h.Header+" is a header of the connection", "write the header that the address wants its token in")
	}
}

// hopHeaders are headers that the client sets by itself.
func hopHeaders() []string {
	return []string{"Host", "Connection", "Content-Length", "Transfer-Encoding", "Te", "Trailer", "Upgrade", "Keep-Alive", "Proxy-Authorization", "Accept-Encoding"}
}

// checkPointer judges a JSON Pointer.
func (c *Config) checkPointer(key, pointer string) {
	if pointer == "" {
		return
	}
	if !regexp.MustCompile(`^(/([^~/]|~0|~1)*)+$`).MatchString(pointer) {
		c.source.fail(CodeForm, join(key, "pointer"), quote(pointer)+" is not a JSON Pointer", "write it like /total/percent, with ~1 for a / and ~0 for a ~ in a name")
	}
}

// checkAddress checks the address of a source. It may have a query, which may hold a key: no message
// repeats the address.
func (c *Config) checkAddress(key, address string) {
	if address == "" {
		return // reported as missing
	}
	const remedy = "write it like https://backup.acme.example/api/latest"
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Hostname() == "" || strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f }):
		c.source.fail(CodeForm, key, "this is not the address of a server", remedy)
	case u.User != nil:
		c.source.fail(CodeInFile, key, "the address holds a user name or password", "write it without, and the credential under token")
	case u.Fragment != "":
		c.source.fail(CodeForm, key, "the address holds a fragment", "end it before the #")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		c.source.fail(CodePlainHTTP, key, "http:// sends the token and the answer in the clear", "write https://; http:// is for 127.0.0.1, ::1 and localhost alone")
	case u.Scheme != "http" && u.Scheme != "https":
		c.source.fail(CodeForm, key, quote(u.Scheme)+" is not a scheme that conformd asks with", remedy)
	}
}

// A MeasurementToken lets a program enter values of some records.
type MeasurementToken struct {
	Name     string   `json:"name" jsonschema:"required" jsonschema_description:"Name of the program in the register, which calls the source of its values ci and this name."`
	Person   string   `json:"person" jsonschema:"required" jsonschema_description:"Id of the person in whose name the values are entered."`
	Token    Secret   `json:"token" jsonschema:"required" jsonschema_description:"The token, of at least 20 characters; it is read at the start."`
	Measures []string `json:"measures" jsonschema:"required,minItems=1" jsonschema_description:"Numbers of the records whose values it may enter."`
}

// shortestToken is how long a token is at least.
const shortestToken = 20

// checkMeasurementTokens judges who may enter values with a token.
func (c *Config) checkMeasurementTokens() {
	seen := map[string]string{}
	var people []string
	for _, p := range c.People {
		people = append(people, p.ID)
	}
	for i, t := range c.MeasurementTokens {
		key := Key("measurement_tokens", i)
		c.checkID(join(key, "name"), t.Name)
		c.once(seen, t.Name, join(key, "name"), "token "+quote(t.Name))
		switch n := slices.Index(people, t.Person); {
		case t.Person == "": // reported as missing
		case n < 0:
			c.source.fail(CodeReference, join(key, "person"), "there is no person "+quote(t.Person), suggestion(t.Person, people))
		case slices.Contains(c.People[n].Roles, register.RoleAuditor):
			c.source.fail(CodeMisplaced, join(key, "person"), t.Person+" is an auditor, and enters no values", "name somebody who answers for them")
		}
		records := map[string]string{}
		for j, m := range t.Measures {
			at := Key(join(key, "measures"), j)
			c.checkNumber(at, m)
			c.once(records, m, at, m)
		}
	}
}

// checkTokens judges the tokens themselves, which were read by now.
func (c *Config) checkTokens() {
	seen := map[string]string{}
	for i, t := range c.MeasurementTokens {
		key := join(Key("measurement_tokens", i), "token")
		value := t.Token.Reveal()
		switch {
		case value == "": // not read, or reported
		case len(value) < shortestToken:
			c.source.fail(CodeSecret, key, "the token is shorter than 20 characters and can be guessed", "make a new one: openssl rand -hex 32")
		case strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }):
			c.source.fail(CodeSecret, key, "the token holds a blank or a character that no header takes", "make a new one: openssl rand -hex 32")
		default:
			c.once(seen, value, key, "this token")
		}
	}
}

// checkNumber judges the form of the number of a record.
func (c *Config) checkNumber(key, number string) {
	if number != "" && !regexp.MustCompile(`^[A-Z][A-Z0-9]{0,9}-[0-9]{4}-[0-9]{4,}$`).MatchString(number) {
		c.source.fail(CodeForm, key, quote(number)+" is not the number of a record", "write it like MEA-2026-0001")
	}
}
