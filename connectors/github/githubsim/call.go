package githubsim

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"
)

// A call is one API request while it is answered.
type call struct {
	s    *Server
	r    *http.Request
	who  *account // nil: anonymous
	tok  *token
	app  *App  // a request signed by the app itself
	repo *repo // of /repos/{owner}/{repo} requests

	graph bool // of the GraphQL API, which has a budget of its own
	id    string
	head  http.Header // of the answer
}

// A reply is a status with something to encode as JSON; nil: no body.
type reply struct {
	status int
	body   any
}

func ok(v any) reply { return reply{http.StatusOK, v} }

// A fault of a request field, as GitHub lists them in 422 answers.
type fieldError struct {
	Resource string `json:"resource"`
	Code     string `json:"code"`
	Field    string `json:"field"`
	Message  string `json:"message,omitempty"`
	Value    any    `json:"value,omitempty"`
}

type failure struct {
	Message string       `json:"message"`
	Errors  []fieldError `json:"errors,omitempty"`
	DocURL  string       `json:"documentation_url"`
	Status  string       `json:"status"`
}

func fail(status int, message string, errs ...fieldError) reply {
	return reply{status, failure{message, errs, "https://docs.github.com/rest", strconv.Itoa(status)}}
}

func invalid(errs ...fieldError) reply {
	return fail(http.StatusUnprocessableEntity, "Validation Failed", errs...)
}

func notFound() reply { return fail(http.StatusNotFound, "Not Found") }

func forbidden() reply {
	return fail(http.StatusForbidden, "Must have admin rights to Repository.")
}

// maxRequest is far above GitHub's own limits of a request body.
const maxRequest = 4 << 20

// decode reads the JSON body of a request.
func (c *call) decode(v any) (reply, bool) {
	b, err := io.ReadAll(io.LimitReader(c.r.Body, maxRequest))
	if err != nil {
		return fail(http.StatusBadRequest, "Problems reading the request"), false
	}
	if len(bytes.TrimSpace(b)) == 0 {
		b = []byte("{}")
	}
	if err := json.Unmarshal(b, v); err != nil {
		return fail(http.StatusBadRequest, "Problems parsing JSON"), false
	}
	return reply{}, true
}

// url returns the API address of a path.
func (c *call) url(path string) string { return c.s.base + c.s.prefix + path }

// An answer is a reply made ready to be written.
type answer struct {
	status int
	head   http.Header
	body   []byte
}

func (a answer) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.head)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the client may have gone
}

// render makes a reply ready; a GET whose ETag the client has is answered 304.
func (c *call) render(rp reply) answer {
	c.head.Set("X-GitHub-Media-Type", "github.v3; format=json")
	defer c.s.budgetHeaders(c, c.head)
	if rp.body == nil {
		return answer{status: rp.status, head: c.head}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(rp.body); err != nil {
		return answer{http.StatusInternalServerError, c.head, []byte(err.Error())}
	}
	if c.r.Method == http.MethodGet && rp.status == http.StatusOK {
		sum := sha256.Sum256(b.Bytes())
		tag := `"` + hex.EncodeToString(sum[:]) + `"`
		c.head.Set("ETag", "W/"+tag)
		c.head.Set("Cache-Control", "private, max-age=60, s-maxage=60")
		if strings.TrimPrefix(c.r.Header.Get("If-None-Match"), "W/") == tag {
			c.s.refund(c)
			return answer{status: http.StatusNotModified, head: c.head}
		}
	}
	c.head.Set("Content-Type", "application/json; charset=utf-8")
	return answer{rp.status, c.head, b.Bytes()}
}

// pathInt reads a numeric path element; 0 if it is none.
func (c *call) pathInt(name string) int64 {
	n, err := strconv.ParseInt(c.r.PathValue(name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

func itoa[T int | int64](n T) string { return strconv.FormatInt(int64(n), 10) }
