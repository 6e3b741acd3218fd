package server

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/sheet"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

const (
	// rowsOnPage is how many records one page lists.
	rowsOnPage = 50
	// mostInBook is how many records a workbook has beside the names of the columns. CSV has no limit.
	mostInBook = sheet.MostRows - 1
	// filesAtOnce is how many files are made at a time, and fileTakes how long one may take.
	filesAtOnce = 2
	fileTakes   = 10 * time.Minute
	// longestSearch bounds what a search looks for, in bytes.
	longestSearch = 200
)

// partRows is the value of part in an address that asks for the rows of a list alone.
const partRows = "rows"

// The problems of an address that asks for a list which there is none of, and of a file while others are made.
const (
	codeQuery = "query-unreadable"
	codeBusy  = "busy"
)

// register shows the register, narrowed and sorted as its address says.
func (h *handler) register(w http.ResponseWriter, r *http.Request) {
	counts, err := h.o.Register.Counts(r.Context())
	if err != nil {
		h.fail(w, err)
		return
	}
	l, ok := h.list(w, r, counts)
	switch {
	case !ok:
	case r.URL.Query().Get("part") == partRows:
		h.fragment(w, r, web.Rows(l))
	default:
		h.page(w, r, "Register", web.RegisterPage(l))
	}
}

// list loads the records that an address asks for. It answers the request itself where there is no such list.
func (h *handler) list(w http.ResponseWriter, r *http.Request, counts present.Counts) (web.List, bool) {
	in, views, err := h.viewed(r)
	if err != nil {
		h.fail(w, err)
		return web.List{}, false
	}
	q, err := h.query(in, h.person(r))
	if err != nil {
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such list", err.Error()+".")
		return web.List{}, false
	}
	page, err := h.o.Register.Overview(r.Context(), q, in.Get("after"), rowsOnPage)
	if errors.Is(err, service.ErrCursor) {
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such list", "The place in the list cannot be read. Begin with the first page of it.")
		return web.List{}, false
	}
	if err != nil {
		h.fail(w, err)
		return web.List{}, false
	}
	narrowed := narrowing(in)
	columns, err := chosenColumns(in["columns"])
	if err != nil {
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such list", err.Error()+".")
		return web.List{}, false
	}
	choices := h.choices(in)
	l := web.List{
		Views: views, Pick: h.pick(r, in),
		Columns: columns, More: choices[plainChoices:], Parts: parts(in, counts), Text: q.Text, Choices: choices[:plainChoices], First: in.Get("after") == "", Narrow: len(narrowed) > 0, Show: in.Get("show"),
		Count: present.Count(page.Count, "record", "records"), Empty: page.Count == 0, None: counts.All == 0,
		Lines: page.Lines,
		CSV:   address("/register.csv", narrowed), XLSX: address("/register.xlsx", narrowed),
	}
	if page.Beyond {
		l.Count = "more than " + l.Count
	}
	if page.Next != "" {
		for _, name := range []string{"columns", "view"} {
			if len(in[name]) > 0 {
				narrowed[name] = in[name]
			}
		}
		narrowed.Set("after", page.Next)
		l.Next = address("/register", narrowed)
		narrowed.Set("part", partRows)
		l.NextRows = address("/register", narrowed)
	}
	return l, true
}

// pick says whether the person who looks may choose records of a list, and how.
func (h *handler) pick(r *http.Request, in url.Values) web.Pick {
	who := you(r)
	if h.o.Acts == nil || who == nil || who.Person == "" || !who.Has(writers()...) {
		return web.Pick{}
	}
	here := narrowing(in)
	for _, name := range []string{"columns", "view", "after"} {
		if len(in[name]) > 0 {
			here[name] = in[name]
		}
	}
	p := web.Pick{May: true, All: r.URL.Query().Get("choose") == "all", Here: address("/register", here), None: address("/register", here), Most: service.MostTogether}
	here.Set("choose", "all")
	p.Every = address("/register", here)
	return p
}

// narrowing returns what of an address narrows or sorts a list.
func narrowing(in url.Values) url.Values {
	out := url.Values{}
	for _, name := range parameters() {
		for _, v := range in[name] {
			if v != "" {
				out.Add(name, v)
			}
		}
	}
	return out
}

func address(path string, query url.Values) string {
	u := url.URL{Path: path, RawQuery: query.Encode()}
	return u.String()
}

// parameters are the names in the address of a list.
func parameters() []string {
	return []string{"show", "q", "state", "kind", "grade", "owner", "sort", "risk", "source", "requirement", "standard", "scope", "from", "to", "closed_from", "closed_to", "waits", "field"}
}

// waitsForMe is the value of waits for what the person who looks may decide.
const waitsForMe = "me"

// query reads the address of a list, as a person who looks at it. The error is a sentence for people.
func (h *handler) query(in url.Values, person string) (service.ListQuery, error) {
	q := service.ListQuery{Text: strings.TrimSpace(in.Get("q")), Sort: in.Get("sort"), Owner: in.Get("owner")}
	if len(q.Text) > longestSearch {
		return q, fmt.Errorf("a search has at most %d bytes", longestSearch)
	}
	switch show := in.Get("show"); show {
	case "", "all":
	case "held":
		q.Held = true
	case "open":
		q.Open = true
	case "closed":
		q.Ended = true
	case "problems":
		q.Problems = true
	case "late":
		q.Late = true
	default:
		return q, fmt.Errorf("%q is no part of the register", show)
	}
	if s := in.Get("state"); s != "" {
		if !register.State(s).Valid() {
			return q, fmt.Errorf("%q is not a state", s)
		}
		q.States = []register.State{register.State(s)}
	}
	if k := in.Get("kind"); k != "" {
		if info, _ := register.Info(register.FieldKind); !slices.Contains(info.Enum, k) {
			return q, fmt.Errorf("%q is not a kind of record", k)
		}
		q.Kinds = []register.Kind{register.Kind(k)}
	}
	switch s := in.Get("waits"); s {
	case "":
	case waitsForMe:
		if q.Waits = h.o.Register.DecisionsOf(person); len(q.Waits) == 0 {
			q.Waits = []store.Decision{"nothing"} // no record waits for somebody who decides nothing
		}
	default:
		if !slices.Contains(store.EveryDecision(), store.Decision(s)) {
			return q, fmt.Errorf("no record waits for %q", s)
		}
		q.Waits = []store.Decision{store.Decision(s)}
	}
	for name, to := range map[string]*[]string{"grade": &q.Grades, "risk": &q.Risks, "source": &q.Sources} {
		if v := in.Get(name); v != "" {
			*to = []string{v}
		}
	}
	if err := rest(in, &q); err != nil {
		return q, err
	}
	if q.Sort != "" && !slices.Contains(service.SortKeys(), strings.TrimPrefix(q.Sort, "-")) {
		return q, fmt.Errorf("a list cannot be sorted by %q", q.Sort)
	}
	return q, nil
}

// rest reads what few people narrow a list by.
func rest(in url.Values, q *service.ListQuery) error {
	q.Scope, q.Requirement, q.From, q.To = strings.TrimSpace(in.Get("scope")), strings.TrimSpace(in.Get("requirement")), in.Get("from"), in.Get("to")
	q.ClosedFrom, q.ClosedTo = in.Get("closed_from"), in.Get("closed_to")
	for _, day := range []string{q.From, q.To, q.ClosedFrom, q.ClosedTo} {
		if _, err := time.Parse(time.DateOnly, day); day != "" && err != nil {
			return fmt.Errorf("%q is not a day: write 2026-11-28", day)
		}
	}
	if s := in.Get("standard"); s != "" {
		id, known := register.StandardNamed(s)
		if !known {
			return fmt.Errorf("%q is not a standard that the register knows", s)
		}
		q.Standard = id
	}
	for _, text := range in["field"] {
		name, value, ok := strings.Cut(text, ":")
		if _, known := register.Info(register.Field(name)); text != "" && (!ok || !known) {
			return fmt.Errorf("%q is not a field with its value: write field=root_cause_category:people", text)
		}
		if !service.NarrowedBy(register.Field(name), value) {
			return fmt.Errorf("a list is not narrowed by a whole text: search for the words of %s instead", present.FieldName(name))
		}
		if text != "" {
			if q.Fields == nil {
				q.Fields = map[register.Field]string{}
			}
			q.Fields[register.Field(name)] = value
		}
	}
	return nil
}

// chosenColumns are the columns of a list, the usual ones if an address names none.
func chosenColumns(names []string) ([]web.Column, error) {
	out := web.Columns()
	for _, name := range names {
		if !slices.ContainsFunc(out, func(c web.Column) bool { return string(c.ID) == name }) {
			return nil, fmt.Errorf("a list has no column %q", name)
		}
	}
	if len(names) > 0 {
		for i := range out {
			out[i].Shown = slices.Contains(names, string(out[i].ID))
		}
	}
	return out, nil
}

// parts are the links to the parts of the register. A link keeps the rest of the address.
func parts(in url.Values, c present.Counts) []web.Part {
	to := func(show, label string, count int) web.Part {
		v := url.Values{"show": {show}, "columns": in["columns"], "view": in["view"]}
		for _, name := range parameters()[1:] {
			for _, x := range in[name] {
				if x != "" {
					v.Add(name, x)
				}
			}
		}
		now := in.Get("show")
		return web.Part{To: address("/register", v), Label: fmt.Sprintf("%s (%d)", label, count), Current: now == show || now == "" && show == "all"}
	}
	late := to("late", "", 0)
	late.Label = "Late"
	return []web.Part{
		to("all", "All", c.All), to("held", "Waiting for evidence", c.Held), late, to("problems", "With a problem", c.Problems), to("open", "Open", c.Open), to("closed", "Ended", c.Ended),
	}
}

// plainChoices is how many of the choices stand open in the form.
const plainChoices = 5

// choices are the fields of the form beside the search.
func (h *handler) choices(in url.Values) []web.Choice {
	enum := func(name, label string, values []string, words func(string) string) web.Choice {
		return choiceOf(name, label, "Any", values, words, in.Get(name))
	}
	kinds, _ := register.Info(register.FieldKind)
	grades, _ := register.Info(register.FieldGrade)
	risks, _ := register.Info(register.FieldRisk)
	sources, _ := register.Info(register.FieldSource)
	var decisions []string
	for _, d := range store.EveryDecision() {
		decisions = append(decisions, string(d))
	}
	decisions = append(decisions, waitsForMe)
	decided := func(s string) string {
		if s == waitsForMe {
			return "a decision of mine"
		}
		return present.Words(s)
	}
	order := enum("sort", "Sorted by", append(service.SortKeys()[1:], "-recorded"), func(key string) string {
		if key == "-recorded" {
			return "recorded, newest first"
		}
		if opposite, ok := strings.CutPrefix(key, "-"); ok {
			return present.Words(opposite) + ", last first"
		}
		return present.Words(key)
	})
	order.Options[0].Label = "number"
	return []web.Choice{
		enum("state", "State", service.States(), present.Words), enum("kind", "Kind", kinds.Enum, present.Words), enum("grade", "Grade", grades.Enum, present.Words),
		enum("owner", "Owner", h.peopleByName(), h.nameOf), order,
		enum("risk", "Risk", risks.Enum, present.Words), enum("source", "Source", sources.Enum, present.Words), enum("waits", "Waits for", decisions, decided),
		enum("standard", "Standard", register.StandardIDs(), func(id string) string { return id }),
		{Name: "requirement", Label: "Requirement", Value: in.Get("requirement")},
		{Name: "scope", Label: "Scope", Value: in.Get("scope")},
		{Name: "from", Label: "Recorded from", Type: "date", Value: in.Get("from")},
		{Name: "to", Label: "Recorded until", Type: "date", Value: in.Get("to")},
		{Name: "closed_from", Label: "Ended from", Type: "date", Value: in.Get("closed_from")},
		{Name: "closed_to", Label: "Ended until", Type: "date", Value: in.Get("closed_to")},
	}
}

// peopleByName returns the ids of the people of the register, in the order of their names.
func (h *handler) peopleByName() []string {
	return slices.SortedFunc(maps.Keys(h.o.Register.People), func(a, b string) int {
		return cmp.Or(strings.Compare(strings.ToLower(h.nameOf(a)), strings.ToLower(h.nameOf(b))), strings.Compare(a, b))
	})
}

// nameOf returns the name of a person, or their id.
func (h *handler) nameOf(id string) string { return cmp.Or(h.o.Register.People[id].Name, id) }

func (h *handler) listCSV(w http.ResponseWriter, r *http.Request) {
	h.listFile(w, r, file{"register.csv", "text/csv; charset=utf-8", 0, func(to io.Writer) (sheet.Table, error) { return sheet.NewCSV(to, true), nil }})
}

func (h *handler) listXLSX(w http.ResponseWriter, r *http.Request) {
	h.listFile(w, r, file{"register.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", mostInBook, func(to io.Writer) (sheet.Table, error) {
		return sheet.NewWorkbook(to, "Register")
	}})
}

// A file is a form in which a list is sent.
type file struct {
	name, kind string
	most       int // records, 0 for any number
	begin      func(io.Writer) (sheet.Table, error)
}

// listFile sends the list that an address asks for as a file for a spreadsheet. It is made while it is read, and never held
// as a whole.
func (h *handler) listFile(w http.ResponseWriter, r *http.Request, f file) {
	q, err := h.query(r.URL.Query(), h.person(r))
	if err != nil {
		h.refused(w, r, http.StatusBadRequest, codeQuery, "There is no such list", err.Error()+".")
		return
	}
	if f.most > 0 {
		n, err := h.o.Register.Size(r.Context(), q, f.most+1)
		if err != nil {
			h.fail(w, err)
			return
		}
		if n > f.most {
			h.refused(w, r, http.StatusUnprocessableEntity, codeQuery, "The list is too long for a workbook", fmt.Sprintf("A sheet of Excel has at most %d records. Narrow the list, or take it as CSV.", f.most))
			return
		}
	}
	if !h.files.take() {
		w.Header().Set("Retry-After", "30")
		h.refused(w, r, http.StatusServiceUnavailable, codeBusy, "Other files are being made", "Try again in a minute.")
		return
	}
	defer h.files.leave()
	h.mayTake(w, fileTakes)
	out := &begun{ResponseWriter: w, f: f}
	switch err := h.writeFile(r.Context(), q, f, out); {
	case err == nil:
	case !out.yes:
		h.fail(w, err)
	default:
		h.o.Log.Debug("a file", zap.Error(err))
		panic(http.ErrAbortHandler) // the browser must not take what it has for the whole list
	}
}

func (h *handler) writeFile(ctx context.Context, q service.ListQuery, f file, to io.Writer) error {
	buffered := bufio.NewWriterSize(to, 64<<10)
	t, err := f.begin(buffered)
	if err != nil {
		return err
	}
	_, err = h.o.Register.ListFile(ctx, q, t.Row)
	if err != nil {
		return errors.Join(err, t.Discard())
	}
	if err := t.Close(); err != nil {
		return err
	}
	return buffered.Flush()
}

// A begun answer has the headers of a file from its first byte on.
type begun struct {
	http.ResponseWriter

	f   file
	yes bool
}

func (b *begun) Write(data []byte) (int, error) {
	if !b.yes {
		b.yes = true
		b.Header().Set("Content-Type", b.f.kind)
		b.Header().Set("Content-Disposition", `attachment; filename="`+b.f.name+`"`)
	}
	return b.ResponseWriter.Write(data)
}
