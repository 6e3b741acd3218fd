package server_test

import (
	"encoding/base64"
	"encoding/csv"
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

var fileLink = regexp.MustCompile(`<a href="(/register\.csv[^"]*)" download>`)

var listed = regexp.MustCompile(`<th scope="row"><a href="/records/([^" ]+)"[^>]*>`)

// The register is narrowed, searched and sorted by its address alone, on the page and in files; what an
// address asks for and is no list is refused with a sentence.
func TestLists(t *testing.T) {
	h, a := pages(t)
	rows, err := a.Store.Records(t.Context())
	if err != nil || len(rows) != 3 {
		t.Fatalf("Records = %d, %v, want 3", len(rows), err)
	}
	ref := func(title string) string {
		i := slices.IndexFunc(rows, func(r store.Row) bool { return strings.HasPrefix(r.Record.Fields[register.FieldTitle], title) })
		return rows[i].Record.Ref
	}
	leavers, keys, alarm := ref("Leavers"), rows[1].Record.Ref, ref("Alarm")
	for _, c := range []struct {
		query string
		want  []string
	}{
		{"", []string{leavers, keys, alarm}},
		{"q=leavers", []string{leavers}},
		{"q=ROTATE+the+key", []string{leavers, keys, alarm}},
		{"q=nothing+like+it", nil},
		{"q=%22+OR+leavers", nil},
		{"show=held&q=accounts", []string{leavers}},
		{"show=late", nil},
		{"show=open&sort=title", []string{alarm, keys, leavers}},
		{"sort=-number", []string{alarm, keys, leavers}},
		{"grade=minor&kind=nonconformity&state=reported", []string{leavers, keys, alarm}},
		{"grade=major", nil},
		{"owner=nobody", nil},
		{"risk=none", nil},
		{"source=incident", nil},
		{"scope=nowhere", nil},
		{"requirement=A.5.18", nil},
		{"standard=iso27001", []string{leavers, keys, alarm}},
		{"from=2020-01-01&to=2099-12-31", []string{leavers, keys, alarm}},
		{"to=2020-01-01", nil},
		{"closed_from=2020-01-01", nil}, // none is at its end
		{"closed_to=2099-12-31&sort=-closed", nil},
		{"waits=triage", []string{leavers, keys, alarm}},
		{"waits=recurrence", nil},
		{"field=grade:minor&field=kind:nonconformity", []string{leavers, keys, alarm}},
		{"field=owner:", []string{leavers, keys, alarm}},
	} {
		t.Run(c.query, func(t *testing.T) {
			page := get(t, h, http.MethodGet, "/register?"+c.query)
			var got []string
			for _, m := range listed.FindAllStringSubmatch(page.Body.String(), -1) {
				got = append(got, m[1])
			}
			if page.Code != http.StatusOK || !slices.Equal(got, c.want) {
				t.Errorf("the page = %d with %v, want %v", page.Code, got, c.want)
			}
			link := "/register.csv?" + c.query // an empty list offers no file
			if m := fileLink.FindStringSubmatch(page.Body.String()); m != nil {
				link = html.UnescapeString(m[1])
			}
			file := get(t, h, http.MethodGet, link)
			cells, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(file.Body.String(), "\ufeff"))).ReadAll()
			if err != nil || file.Code != http.StatusOK || len(cells) != len(c.want)+1 {
				t.Fatalf("the file = %d with %d rows, %v, want %d", file.Code, len(cells), err, len(c.want)+1)
			}
			for i, want := range c.want {
				if cells[i+1][0] != want {
					t.Errorf("row %d of the file is %s, want %s", i+1, cells[i+1][0], want)
				}
			}
		})
	}
	book := get(t, h, http.MethodGet, "/register.xlsx?show=open")
	if book.Code != http.StatusOK || !strings.HasPrefix(book.Body.String(), "PK") || !strings.Contains(book.Header().Get("Content-Disposition"), "register.xlsx") {
		t.Errorf("the workbook = %d, %q", book.Code, book.Header())
	}
	for query, says := range map[string]string{
		"sort=colour": `a list cannot be sorted by "colour"`, "state=done": `"done" is not a state`, "kind=incident": `"incident" is not a kind of record`, "show=mine": `"mine" is no part of the register`,
		"from=yesterday": `"yesterday" is not a day`, "closed_to=today": `"today" is not a day`, "standard=iso1": `"iso1" is not a standard`, "waits=lunch": `no record waits for "lunch"`, "columns=colour": `a list has no column "colour"`,
		"field=colour:red": "is not a field with its value", "field=root_cause:Nobody+looks": "search for the words of", "after=nonsense": "Begin with the first page", "q=" + strings.Repeat("x", 201): "at most 200 bytes", "state=%3Cscript%3E": `"<script>" is not a state`,
	} {
		page := get(t, h, http.MethodGet, "/register?"+query)
		if text := html.UnescapeString(page.Body.String()); page.Code != http.StatusBadRequest || !strings.Contains(text, says) || strings.Contains(page.Body.String(), "<script>") {
			t.Errorf("/register?%s = %d, want 400 with %q:\n%s", query, page.Code, says, text)
		}
	}
}

// The columns are those of the address, and links to other parts of the register keep them.
func TestColumns(t *testing.T) {
	h, _ := pages(t)
	heads := func(path string) []string {
		page := get(t, h, http.MethodGet, path).Body.String()
		wellMade(t, path, page)
		var out []string
		for n := range byID(t, page, "records").Descendants() {
			if n.Data == "th" && attr(n, "scope") == "col" {
				out = append(out, words(n))
			}
		}
		return out
	}
	if got, want := heads("/register"), []string{"No.", "Title", "Grade", "Owner", "State", "Due", "Needed", "Issues", "Attention"}; !slices.Equal(got, want) {
		t.Errorf("the usual columns are %v, want %v", got, want)
	}
	if got, want := heads("/register?columns=recorded&columns=title"), []string{"No.", "Title", "Recorded"}; !slices.Equal(got, want) {
		t.Errorf("the columns are %v, want %v", got, want)
	}
	page := html.UnescapeString(get(t, h, http.MethodGet, "/register?columns=recorded&columns=title").Body.String())
	if !strings.Contains(page, "/register?columns=recorded&columns=title&show=open") {
		t.Error("the link to the open records loses the columns")
	}
}

// A list goes on in the page itself: the rows alone, the first of them with the focus, and the way on. Without a
// script the same link leads to a page of its own.
func TestRowsAlone(t *testing.T) {
	h, _ := pages(t)
	first := get(t, h, http.MethodGet, "/register?part=rows").Body.String()
	if !strings.HasPrefix(first, "<tr>") || strings.Contains(first, "data-focus") || len(listed.FindAllString(first, -1)) != 3 {
		t.Errorf("the first rows are %s", first)
	}
	cursor := base64.RawURLEncoding.EncodeToString([]byte(`["","NC-2026-0001"]`))
	next := get(t, h, http.MethodGet, "/register?part=rows&after="+cursor).Body.String()
	if n := strings.Count(next, "data-focus"); n != 1 || !strings.HasPrefix(next, "<tr>") {
		t.Errorf("%d rows have the focus: %s", n, next)
	}
}
