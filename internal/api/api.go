// Package api is the interface of the register for programs: what the pages show and take, as JSON over HTTP,
// described by an OpenAPI document. It answers with the functions that the pages use, and lets people act
// through the one table of internal/service.
package api

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register/message"
)

// Prefix is the beginning of every address of the interface.
const Prefix = "/api/v1"

// mostBody bounds the body of a request, in bytes.
const mostBody = 1 << 20

// Options say what the interface shows and who acts.
type Options struct {
	Store    Store
	Register *service.Register
	// Acts carries out what people ask for; nil takes no acts.
	Acts *service.Acts
	// Views keeps lists of the register under a name.
	Views *service.Views
	// Policy returns the policies that were adopted.
	Policy func(context.Context) (Policies, error)
	// Trackers returns how far each binding was read.
	Trackers func(context.Context) ([]Tracker, error)
	// Public is the public key of the audit log.
	Public string
	Log    *zap.Logger
}

// An Operation is one thing that programs ask for.
type Operation struct {
	Method, Path string // below Prefix
	Scope        access.Scope
}

// An API serves the operations.
type API struct {
	o          Options
	mux        *http.ServeMux
	huma       huma.API
	operations []Operation
	// valued are the parameters that are no free text, by the pattern of their operation: an empty one means nothing.
	valued map[string][]string
	// bodied are the operations that take a body, by their pattern.
	bodied map[string]bool
}

// New returns the interface.
func New(o Options) *API {
	setUp()
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	a := &API{o: o, mux: http.NewServeMux()}
	c := huma.DefaultConfig("conformd", "1")
	c.Info.Description = "The register of nonconformities, actions and reviews of an organisation (ISO/IEC 27001). Texts of records were written by people in issue trackers."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.RejectUnknownQueryParameters = true
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", nameOf)
	c.Components.Schemas.RegisterTypeAlias(reflect.TypeFor[message.Message](), reflect.TypeFor[string]())
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"token": {Type: "http", Scheme: "bearer", Description: "A token that a person made on the page You, or with conformd user token new."}}
	c.Security = []map[string][]string{{"token": {}}}
	a.huma = humago.NewWithPrefix(a.mux, Prefix, c)
	a.records()
	a.views()
	a.work()
	a.state()
	a.rules()
	a.acting()
	a.valued, a.bodied = valued(a.huma.OpenAPI()), bodied(a.huma.OpenAPI())
	a.document("/openapi.json", "application/openapi+json", a.huma.OpenAPI().MarshalJSON)
	a.document("/openapi.yaml", "application/openapi+yaml", a.huma.OpenAPI().YAML)
	return a
}

// Operations returns what the interface serves.
func (a *API) Operations() []Operation { return slices.Clone(a.operations) }

// YAML returns the OpenAPI document.
func (a *API) YAML() ([]byte, error) { return a.huma.OpenAPI().YAML() }

// document serves the description of the interface.
func (a *API) document(path, kind string, encode func() ([]byte, error)) {
	a.operations = append(a.operations, Operation{http.MethodGet, path, access.ScopeRead})
	a.mux.HandleFunc("GET "+Prefix+path, func(w http.ResponseWriter, _ *http.Request) {
		text, err := encode()
		if err != nil {
			WriteProblem(w, a.ours(err))
			return
		}
		w.Header().Set("Content-Type", kind)
		_, _ = w.Write(text)
	})
}

// nameOf names a schema: types of other packages have the name of their package before their own.
func nameOf(t reflect.Type, hint string) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	name := huma.DefaultSchemaNamer(t, hint)
	own := reflect.TypeFor[API]().PkgPath()
	if path := t.PkgPath(); path != "" && path != own && !strings.HasPrefix(t.Name(), "answer") {
		pkg := path[strings.LastIndex(path, "/")+1:]
		return strings.ToUpper(pkg[:1]) + pkg[1:] + name
	}
	return name
}

// ServeHTTP serves an operation, for the [Caller] in the context of the request. Each answer that is none is a
// [Problem].
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, pattern := a.mux.Handler(r)
	if pattern == "" {
		a.nowhere(w, r)
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); a.bodied[pattern] && (err != nil || kind != "application/json") {
		WriteProblem(w, newProblem(http.StatusUnsupportedMediaType, codeType, "the body is not said to be JSON", "send Content-Type: application/json"))
		return
	}
	for name, values := range r.URL.Query() {
		if len(values) > 1 {
			WriteProblem(w, newProblem(http.StatusUnprocessableEntity, codeInvalid, "a parameter stands there twice", "give several values in one parameter, with commas between them").at("query."+name))
			return
		}
		if values[0] == "" && slices.Contains(a.valued[pattern], name) {
			WriteProblem(w, newProblem(http.StatusUnprocessableEntity, codeInvalid, "the parameter has no value", "give one, or leave the parameter out").at("query."+name))
			return
		}
	}
	a.mux.ServeHTTP(w, r)
}

// nowhere answers a request for an address or a method that the interface does not have.
func (a *API) nowhere(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != "" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 {
		WriteProblem(w, Nowhere())
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	WriteProblem(w, newProblem(http.StatusMethodNotAllowed, codeMethod, "this address does not take "+r.Method, "use "+strings.Join(allowed, " or ")))
}

// Nowhere is the problem of an address at which there is nothing.
func Nowhere() *Problem {
	return newProblem(http.StatusNotFound, codeNowhere, "there is nothing at this address", Prefix+"/openapi.json lists the addresses")
}

// valued lists the parameters of the operations that are no free text, by the pattern of the operation.
func valued(doc *huma.OpenAPI) map[string][]string {
	out := map[string][]string{}
	for path, item := range doc.Paths {
		if item.Get == nil {
			continue
		}
		pattern := http.MethodGet + " " + Prefix + path
		for _, p := range item.Get.Parameters {
			if s := p.Schema; p.In == "query" && (s.Type != huma.TypeString || len(s.Enum) > 0 || s.Format != "") {
				out[pattern] = append(out[pattern], p.Name)
			}
		}
	}
	return out
}

// bodied are the operations that take a body, by their pattern.
func bodied(doc *huma.OpenAPI) map[string]bool {
	out := map[string]bool{}
	for path, item := range doc.Paths {
		if item.Post != nil && item.Post.RequestBody != nil {
			out[http.MethodPost+" "+Prefix+path] = true
		}
	}
	return out
}

// An operation is an Operation as it is described.
type operation struct {
	Operation

	id, group, summary string
	says               string
	errors             []int        // beside those of every operation
	body               reflect.Type // of the answer, where the framework does not see it
}

// An answer is the body of an answer.
type answer[T any] struct{ Body T }

// add serves an operation whose answer is a body alone.
func add[I, T any](a *API, op operation, serve func(context.Context, *I) (*answer[T], error)) {
	op.body = reflect.TypeFor[T]()
	addTyped(a, op, func(ctx context.Context, in *I) (*answer[any], error) {
		out, err := serve(ctx, in)
		if err != nil {
			return nil, err
		}
		return &answer[any]{out.Body}, nil
	})
}

// addTyped serves an operation. Errors of serve become problems. The compiler makes the whole of the framework's Register
// (some 30 kB) for each pair of I and O, so operations share an O where they can.
func addTyped[I, O any](a *API, op operation, serve func(context.Context, *I) (*O, error)) {
	huma.Register(a.huma, a.described(op), func(ctx context.Context, in *I) (*O, error) {
		out, err := serve(ctx, in)
		if err != nil {
			return nil, a.problem(ctx, err)
		}
		return out, nil
	})
}

// described lists an operation and returns it as the framework wants it described.
func (a *API) described(op operation) huma.Operation {
	a.operations = append(a.operations, op.Operation)
	errs := slices.Concat([]int{http.StatusUnauthorized, http.StatusForbidden, http.StatusRequestURITooLong, http.StatusTooManyRequests, http.StatusServiceUnavailable, http.StatusUnprocessableEntity}, op.errors)
	out := huma.Operation{
		OperationID: op.id, Method: op.Method, Path: op.Path, Summary: op.summary, Description: strings.TrimSpace(fmt.Sprintf("%s\n\nNeeds the scope %s.", op.says, op.Scope)),
		Tags: []string{op.group}, Errors: errs, MaxBodyBytes: mostBody,
	}
	if op.body != nil {
		schema := a.huma.OpenAPI().Components.Schemas.Schema(op.body, true, "")
		out.Responses = map[string]*huma.Response{"200": {Content: map[string]*huma.MediaType{"application/json": {Schema: schema}}}}
	}
	return out
}

func get(path, id, group, summary, says string, errors ...int) operation {
	return operation{Operation: Operation{http.MethodGet, path, access.ScopeRead}, id: id, group: group, summary: summary, says: says, errors: errors}
}
