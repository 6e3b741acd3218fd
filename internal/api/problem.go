package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// A Problem says why a request was not answered as it asked (RFC 9457).
type Problem struct {
	Status int    `json:"status" doc:"HTTP status"`
	Title  string `json:"title" doc:"What the code means; the same for each problem with the code"`
	Code   string `json:"code" doc:"Stable name of the problem"`
	What   string `json:"what" doc:"What is wrong"`
	Where  string `json:"where,omitempty" doc:"Where it is wrong, such as query.limit or body.inputs.grade"`
	Remedy string `json:"remedy" doc:"What to do"`
	Rule   string `json:"rule,omitempty" doc:"Rule of the register that refuses the act, such as G15"`
	// Faults are what is wrong beside the first fault.
	Faults  []Fault           `json:"faults,omitempty" nullable:"false" doc:"Everything that is wrong, where it is more than one thing"`
	Current *service.Document `json:"current,omitempty" doc:"The record as it is now, if the request was about an earlier version"`
}

// A Fault is one of several things that are wrong.
type Fault struct {
	What   string `json:"what"`
	Where  string `json:"where"`
	Remedy string `json:"remedy,omitempty"`
}

// The codes of problems.
const (
	codeUnreadable  = "request-unreadable"
	codeInvalid     = "request-invalid"
	codeLarge       = "body-too-large"
	codeType        = "not-json"
	codeAccept      = "not-acceptable"
	codeNowhere     = "address-unknown"
	codeMethod      = "method-not-allowed"
	codeUnknown     = "record-unknown"
	codeSeveral     = "record-ambiguous"
	codeOurs        = "register-unavailable"
	codeRefused     = "act-refused"
	codeNotYours    = "act-not-allowed"
	codeStale       = "record-changed"
	codeNoVersion   = "version-missing"
	codeVersion     = "version-unreadable"
	codeKey         = "key-used"
	codeNoAct       = "act-unknown"
	codeNoActs      = "acts-not-taken"
	codeNoView      = "view-unknown"
	CodeNoCaller    = "token-missing"
	CodeScope       = "scope-missing"
	CodeFresh       = "sign-in-not-fresh"
	CodeRole        = "role-missing"
	CodeRoleUnshown = "role-not-shown"
	CodeLong        = "query-too-long"
)

// titles says what each code means.
func titles() map[string]string {
	return map[string]string{
		codeUnreadable: "The request cannot be read", codeInvalid: "The request has a value that cannot be used", codeLarge: "The body is too large", codeType: "The body is no JSON",
		codeAccept: "The answer has no such form", codeNowhere: "There is nothing at this address", codeMethod: "The address does not take this method", codeUnknown: "The register has no such record",
		codeSeveral: "The name means several records", codeOurs: "The register cannot be read or written now", codeRefused: "The register refuses the act", codeNotYours: "You may not do this",
		codeStale: "The record changed since you read it", codeNoVersion: "An act names the version that you saw", codeVersion: "The version cannot be read", codeKey: "The key was used for another request",
		codeNoAct: "There is no such act", codeNoActs: "Nobody acts here", codeNoView: "You have no such view", CodeNoCaller: "The request has no token", CodeScope: "The token may not be used for this",
		CodeFresh: "This takes a fresh sign-in", CodeRole: "Your roles do not allow this", CodeRoleUnshown: "A token does not show one of your roles", CodeLong: "The query is too long",
	}
}

func newProblem(status int, code, what, remedy string) *Problem {
	return &Problem{Status: status, Title: titles()[code], Code: code, What: what, Remedy: remedy}
}

// NewProblem returns a problem of a request that reaches no operation.
func NewProblem(status int, code, title, what, remedy string) *Problem {
	if known := titles()[code]; known != "" {
		title = known
	}
	return &Problem{Status: status, Title: title, Code: code, What: what, Remedy: remedy}
}

// at says where something is wrong.
func (p *Problem) at(where string) *Problem {
	p.Where = where
	return p
}

// Error says what is wrong.
func (p *Problem) Error() string { return p.Code + ": " + p.What }

// GetStatus returns the HTTP status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of a problem.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// WriteProblem answers a problem.
func WriteProblem(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}

// setUp makes the framework answer with problems of this form, and take keys of JSON as they are written: "Inputs" is another
// key than "inputs". Its settings are those of the whole program, and nothing else here uses it.
var setUp = sync.OnceFunc(func() { //nolint:gochecknoglobals // the framework's own settings are global
	huma.ValidateStrictCasing = true
	huma.NewError = func(status int, what string, errs ...error) huma.StatusError { return ofFramework(status, what, errs) }
})

// ofFramework puts what the framework finds wrong with a request into words. What was sent is not repeated.
func ofFramework(status int, what string, errs []error) *Problem {
	const described = "correct it; " + Prefix + "/openapi.json says what may stand there"
	code, remedy := codeInvalid, described
	switch status {
	case http.StatusBadRequest:
		code = codeUnreadable
	case http.StatusRequestEntityTooLarge:
		code, what, remedy = codeLarge, "the body is longer than 1 MiB", "send less at a time"
	case http.StatusUnsupportedMediaType:
		code, remedy = codeType, "send Content-Type: application/json"
	case http.StatusNotAcceptable:
		code, remedy = codeAccept, "send Accept: application/json"
	case http.StatusInternalServerError:
		return newProblem(http.StatusServiceUnavailable, codeOurs, "the register cannot be read or written now", "the daemon's log says why; try again later")
	}
	p := newProblem(status, code, what, remedy)
	for _, err := range errs {
		d, ok := errors.AsType[*huma.ErrorDetail](err)
		if !ok {
			continue
		}
		p.Faults = append(p.Faults, Fault{What: d.Message, Where: strings.TrimSuffix(d.Location, ".")})
	}
	if len(p.Faults) > 0 {
		p.What, p.Where = p.Faults[0].What, p.Faults[0].Where
	}
	if len(p.Faults) == 1 {
		p.Faults = nil
	}
	return p
}

// ours is the problem of an error of conformd itself.
func (a *API) ours(err error) *Problem {
	a.o.Log.Error("a request of a program was not answered", zap.Error(err))
	return ofFramework(http.StatusInternalServerError, "", nil)
}

// problem puts an error of the service into words.
func (a *API) problem(ctx context.Context, err error) error {
	if _, ok := errors.AsType[huma.StatusError](err); ok {
		return err
	}
	if unknown, ok := errors.AsType[*service.UnknownError](err); ok {
		return newProblem(http.StatusNotFound, codeUnknown, unknown.Error(), "name it by its number, by the key of one of its issues or by the address of one").at("path.ref")
	}
	if several, ok := errors.AsType[*service.AmbiguousError](err); ok {
		return newProblem(http.StatusConflict, codeSeveral, several.Error(), "name it by its number").at("path.ref")
	}
	if ask, ok := errors.AsType[*service.AskError](err); ok {
		return newProblem(http.StatusUnprocessableEntity, codeInvalid, ask.Error(), "ask for a period like 2026-Q3, and a moment that has been")
	}
	if invalid, ok := errors.AsType[*service.InvalidError](err); ok {
		return invalidInputs(invalid)
	}
	switch {
	case errors.Is(err, service.ErrCursor):
		return newProblem(http.StatusUnprocessableEntity, codeInvalid, service.ErrCursor.Error(), "leave the parameter out").at("query.after")
	case errors.Is(err, store.ErrKeyUsed):
		return newProblem(http.StatusUnprocessableEntity, codeKey, store.ErrKeyUsed.Error(), "use another key for another request").at("header.Idempotency-Key")
	case errors.Is(err, service.ErrNoAsk):
		return newProblem(http.StatusNotFound, codeNoAct, service.ErrNoAsk.Error(), Prefix+"/acts lists them").at("path.act")
	case ctx.Err() != nil:
		return ofFramework(http.StatusInternalServerError, "", nil)
	}
	return a.ours(err)
}

func invalidInputs(e *service.InvalidError) *Problem {
	p := newProblem(http.StatusUnprocessableEntity, codeInvalid, e.Faults[0].What, e.Faults[0].Remedy).at("body.inputs." + e.Faults[0].Input)
	if len(e.Faults) > 1 {
		for _, f := range e.Faults {
			p.Faults = append(p.Faults, Fault{f.What, "body.inputs." + f.Input, f.Remedy})
		}
	}
	return p
}
