package jirasim

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"hash/fnv"
	"net/http"
	"slices"
)

// rows finds the issues that q matches in the index. Those of fresh are taken
// from the truth.
func (s *Server) rows(q *search, a *account, fresh map[int64]bool) []row {
	now := s.now()
	var out []row
	for _, is := range s.order {
		st := is.seen(now)
		if fresh[is.id] {
			st = is.now
			if is.archived {
				st = nil
			}
		}
		if st != nil && is.visible(a) && q.match(is, st) {
			out = append(out, row{is: is, st: st, keys: q.keys(is, st)})
		}
	}
	slices.SortFunc(out, byKeys)
	return out
}

// query compiles the JQL of a call; what is wrong is answered with 400.
func (s *Server) query(c *call, jql string) *search {
	q, err := s.compile(jql, c.a)
	if wrong, ok := errors.AsType[jqlError](err); ok {
		c.fail(http.StatusBadRequest, string(wrong))
		return nil
	}
	if q.match == nil {
		if s.cloud {
			c.fail(http.StatusBadRequest, "Unbounded JQL queries are not allowed here. Please add a search restriction to your query.")
			return nil
		}
		q.match = func(*issue, *state) bool { return true }
	}
	return q
}

// strings that may come as a list or as one text with commas.
type stringList []string

func (l *stringList) UnmarshalJSON(raw []byte) error {
	var one string
	if json.Unmarshal(raw, &one) == nil {
		*l = stringList{one}
		return nil
	}
	return json.Unmarshal(raw, (*[]string)(l))
}

// oldSearch is the search of Data Center, which Cloud has removed.
func (s *Server) oldSearch(c *call) {
	if s.cloud {
		c.fail(http.StatusGone, "The requested API has been removed. Please migrate to the /rest/api/3/search/jql API. A full migration guideline is available at https://developer.atlassian.com/changelog/#CHANGE-2046")
		return
	}
	b := struct {
		JQL        string     `json:"jql"`
		StartAt    int        `json:"startAt"`
		MaxResults *int       `json:"maxResults"`
		Fields     stringList `json:"fields"`
		Expand     stringList `json:"expand"`
	}{}
	if c.r.Method == http.MethodPost {
		if !c.decode(&b) {
			return
		}
	} else {
		b.JQL, b.StartAt = c.query.Get("jql"), int(parseInt(c.query.Get("startAt")))
		b.Fields, b.Expand = c.query["fields"], c.query["expand"]
		if n := int(parseInt(c.query.Get("maxResults"))); c.query.Has("maxResults") {
			b.MaxResults = &n
		}
	}
	size := 50
	if b.MaxResults != nil {
		size = min(*b.MaxResults, 1000)
	}
	size = s.atMost(size)
	q := s.query(c, b.JQL)
	if q == nil {
		return
	}
	rows := s.rows(q, c.a, nil)
	v := s.viewOf(c, b.Fields, b.Expand, nil, "*navigable")
	c.reply(http.StatusOK, map[string]any{
		"expand": "schema,names", "startAt": b.StartAt, "maxResults": size, "total": len(rows),
		"issues": s.renderRows(window(rows, b.StartAt, size), &v),
	})
}

// atMost is a size of a page within what Options.PageSize allows.
func (s *Server) atMost(size int) int {
	if most := s.opts.PageSize; most > 0 {
		return min(size, most)
	}
	return size
}

func (s *Server) renderRows(rows []row, v *view) []any {
	out := make([]any, 0, len(rows))
	for _, r := range rows {
		out = append(out, s.renderIssue(r.is, r.st, v))
	}
	return out
}

// page is what a nextPageToken says: where the last page ended.
type page struct {
	Query uint64  `json:"q"`
	After []int64 `json:"a"`
	At    int64   `json:"t"` // seconds
}

// tokenLife is how long a nextPageToken can be used, in seconds: 7 days.
const tokenLife = 7 * 24 * 3600

func hash(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}

// searchBody is the request of the search of Cloud.
type searchBody struct {
	JQL       string     `json:"jql"`
	Next      string     `json:"nextPageToken"`
	Max       *int       `json:"maxResults"`
	Fields    stringList `json:"fields"`
	Expand    stringList `json:"expand"`
	Props     stringList `json:"properties"`
	ByKeys    bool       `json:"fieldsByKeys"`
	FailFast  bool       `json:"failFast"`
	Reconcile []int64    `json:"reconcileIssues"`
}

// readSearch reads a request of the search of Cloud, which knows no other
// parameters than these.
func (s *Server) readSearch(c *call) (b searchBody, ok bool) {
	known := []string{"jql", "nextPageToken", "maxResults", "fields", "expand", "properties", "fieldsByKeys", "failFast", "reconcileIssues"}
	if c.r.Method == http.MethodPost {
		return b, c.keys(known...) && c.decode(&b)
	}
	for k := range c.query {
		if !slices.Contains(known, k) {
			c.fail(http.StatusBadRequest, "Invalid request payload. Refer to the REST API documentation and try again.")
			return b, false
		}
	}
	b.JQL, b.Next = c.query.Get("jql"), c.query.Get("nextPageToken")
	b.Fields, b.Expand, b.Props = c.query["fields"], c.query["expand"], c.query["properties"]
	if n := int(parseInt(c.query.Get("maxResults"))); c.query.Has("maxResults") {
		b.Max = &n
	}
	for _, id := range split(c.query["reconcileIssues"]) {
		b.Reconcile = append(b.Reconcile, parseInt(id))
	}
	return b, true
}

// search is the search of Cloud: by token, without a total.
func (s *Server) search(c *call) {
	b, ok := s.readSearch(c)
	if !ok {
		return
	}
	if len(b.Reconcile) > 50 || len(split(b.Props)) > 5 {
		c.fail(http.StatusBadRequest, "Too many values for 'reconcileIssues' or 'properties'.")
		return
	}
	q := s.query(c, b.JQL)
	if q == nil {
		return
	}
	fresh := map[int64]bool{}
	for _, id := range b.Reconcile {
		fresh[id] = true
	}
	rows := s.rows(q, c.a, fresh)
	if b.Next != "" {
		var p page
		raw, err := base64.RawURLEncoding.DecodeString(b.Next)
		if err != nil || json.Unmarshal(raw, &p) != nil || p.Query != hash(b.JQL) || s.now().Unix()-p.At > tokenLife {
			c.fail(http.StatusBadRequest, "The provided next page token is invalid or expired.")
			return
		}
		from, found := slices.BinarySearchFunc(rows, p.After, func(r row, k []int64) int { return slices.Compare(r.keys, k) })
		if found {
			from++
		}
		rows = rows[from:]
	}
	v := s.viewOf(c, b.Fields, b.Expand, b.Props, "id")
	size := 50
	if b.Max != nil {
		size = *b.Max
	}
	limit := 100
	if len(v.fields) == 1 && v.fields["id"] && !v.all {
		limit = 5000
	}
	size = s.atMost(min(max(size, 1), limit))
	m := map[string]any{"isLast": len(rows) <= size, "issues": s.renderRows(rows[:min(size, len(rows))], &v)}
	if len(rows) > size {
		raw, err := json.Marshal(page{Query: hash(b.JQL), After: rows[size-1].keys, At: s.now().Unix()})
		if err != nil {
			c.fail(http.StatusInternalServerError, err.Error())
			return
		}
		m["nextPageToken"] = base64.RawURLEncoding.EncodeToString(raw)
	}
	c.reply(http.StatusOK, m)
}

// count is how many issues of the index a search matches, on Cloud.
func (s *Server) count(c *call) {
	var b struct {
		JQL string `json:"jql"`
	}
	if !c.keys("jql") || !c.decode(&b) {
		return
	}
	if q := s.query(c, b.JQL); q != nil {
		c.reply(http.StatusOK, map[string]any{"count": len(s.rows(q, c.a, nil))})
	}
}

// bulkFetch reads up to 100 issues from the truth, by ascending id.
func (s *Server) bulkFetch(c *call) {
	var b struct {
		IDs    []string   `json:"issueIdsOrKeys"`
		Fields stringList `json:"fields"`
		Expand []string   `json:"expand"`
		Props  stringList `json:"properties"`
	}
	if !c.keys("issueIdsOrKeys", "fields", "expand", "properties", "fieldsByKeys") || !c.decode(&b) {
		return
	}
	if len(b.IDs) == 0 || len(b.IDs) > 100 {
		c.fail(http.StatusBadRequest, "The number of issues must be between 1 and 100.")
		return
	}
	var found []*issue
	for _, id := range b.IDs {
		if is := s.find(id, c.a); is != nil && !slices.Contains(found, is) {
			found = append(found, is)
		}
	}
	slices.SortFunc(found, func(a, b *issue) int { return int(a.id - b.id) })
	v := s.viewOf(c, b.Fields, b.Expand, b.Props, "*navigable")
	out := []any{}
	for _, is := range found {
		out = append(out, s.renderIssue(is, is.now, &v))
	}
	c.reply(http.StatusOK, map[string]any{"issues": out, "issueErrors": []any{}})
}
