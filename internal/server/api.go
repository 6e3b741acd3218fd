package server

import (
	"context"
	"errors"
	"net/http"
	"path"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/api"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/web"
	"github.com/conformd/conformd/register"
)

// longestQuery bounds the query of a request of a program, in bytes.
const longestQuery = 4096

// An Interface says what programs are served with, beside what the pages are.
type Interface struct {
	Policy func(context.Context) (api.Policies, error)
}

// programs lists the addresses for programs: each operation, and the rest of the prefix, where there is nothing.
func (h *handler) programs() []route {
	o := api.Options{Store: h.o.Store, Register: h.o.Register, Policy: h.o.Interface.Policy, Public: h.o.Public, Log: h.o.Log, Trackers: h.readTrackers, Views: h.theViews()}
	if h.o.Desk != nil {
		o.Acts = h.o.Acts
	}
	a := api.New(o)
	var out []route
	for _, op := range a.Operations() {
		roles := everybody()
		if op.Scope != access.ScopeRead {
			roles = writers()
		}
		out = append(out, route{op.Method, api.Prefix + op.Path, program, roles, h.scoped(op.Scope, a)})
	}
	return append(out, route{"", api.Prefix + "/", program, everybody(), a.ServeHTTP})
}

// straight answers programs that ask for an address with an empty part or a dot in it. The pages send a browser on to the
// address without; a program gets a problem, as for every other address at which there is nothing.
func straight(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		at := r.URL.EscapedPath()
		if rest, ours := strings.CutPrefix(at, api.Prefix+"/"); ours && rest != "" && strings.TrimSuffix(at, "/") != path.Clean(at) {
			api.WriteProblem(w, api.Nowhere())
			return
		}
		next.ServeHTTP(w, r)
	})
}

// readTrackers returns how far the bindings were read, as the first page shows it.
func (h *handler) readTrackers(ctx context.Context) ([]api.Tracker, error) {
	bindings, err := h.o.Store.Bindings(ctx)
	setup, now := h.o.Setup(), h.now()
	out := []api.Tracker{}
	for _, b := range unread(bindings, setup) {
		out = append(out, api.Tracker{Binding: b, Late: h.late(b, now), Problem: setup[b.ID]})
	}
	return out, err
}

// programDoor finds out for whom a request is: for a program with a token, and else for who is signed in to the pages.
func (h *handler) programDoor(rt route, same *http.CrossOriginProtection) http.Handler {
	serve := func(w http.ResponseWriter, r *http.Request, c api.Caller, signed signin.Signed) {
		h.admit(w, r.WithContext(api.With(r.Context(), c)), rt, c, signed)
	}
	if h.o.Desk == nil {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			serve(w, r, api.Caller{Who: access.Who{Name: "everybody", Roles: []access.Role{access.Viewer}}, Scopes: []access.Scope{access.ScopeRead}}, signin.Signed{})
		})
	}
	inPages := same.Handler(h.o.Desk.Session(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, signed, ok := h.o.Desk.Who(r.Context())
		if !ok {
			w.Header().Set("WWW-Authenticate", `Bearer realm="conformd"`)
			api.WriteProblem(w, api.NewProblem(http.StatusUnauthorized, api.CodeNoCaller, "", "the request has no token", "send Authorization: Bearer with a token; people make one in the pages, under their name"))
			return
		}
		c := api.Caller{Who: who, Scopes: access.Allowed(access.Scopes(), who.Roles), Account: signed.Account(), How: register.BySignIn, Fresh: h.o.Desk.Fresh(signed)}
		serve(w, r, c, signed)
	})))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sent := r.Header.Get("Authorization")
		if sent == "" {
			inPages.ServeHTTP(w, r)
			return
		}
		_, secret, _ := strings.Cut(sent, " ")
		who, signed, scopes, err := h.o.Desk.Program(r.Context(), strings.TrimSpace(secret))
		refused, no := errors.AsType[*signin.RefusedError](err)
		switch {
		case no:
			w.Header().Set("WWW-Authenticate", `Bearer realm="conformd", error="invalid_token"`)
			api.WriteProblem(w, api.NewProblem(http.StatusUnauthorized, string(refused.Code), "The token opens nothing", refused.What, refused.Remedy))
		case err != nil:
			h.unavailable(w, err)
		default:
			serve(w, r, api.Caller{Who: who, Scopes: scopes, Account: signed.Account(), How: register.ByAPI, Token: signed.Token}, signed)
		}
	})
}

// admit serves a request of somebody who is known, if their roles allow it. Each request of an auditor is an entry of
// the log.
func (h *handler) admit(w http.ResponseWriter, r *http.Request, rt route, c api.Caller, signed signin.Signed) {
	page := r.Method + " " + r.URL.Path
	page = page[:min(len(page), longestPage)]
	switch {
	case len(r.URL.RawQuery) > longestQuery:
		api.WriteProblem(w, api.NewProblem(http.StatusRequestURITooLong, api.CodeLong, "", "the query is longer than 4096 bytes", "ask for less at a time"))
		return
	case !c.Has(rt.roles...):
		if h.o.Desk != nil {
			h.o.Desk.Denied(r.Context(), c.Who, signed, page)
		}
		api.WriteProblem(w, api.NewProblem(http.StatusForbidden, api.CodeRole, "", "you are "+web.Roles(c.Roles), "ask the ISMS manager if you need another role"))
		return
	case c.Has(access.Auditor):
		switch err := h.o.Desk.Read(r.Context(), c.Who, signed, page); {
		case errors.Is(err, signin.ErrTooMany):
			w.Header().Set("Retry-After", "600")
			api.WriteProblem(w, api.NewProblem(http.StatusTooManyRequests, codeTooManyUp, "Too many requests of auditors", "each request of an auditor is an entry of the audit log, and there were 600 within ten minutes", "go on in ten minutes, or take an export: conformd audit export"))
			return
		case err != nil:
			h.unavailable(w, err)
			return
		}
	}
	rt.serve(w, r)
}

// scoped serves requests that may be used for a scope.
func (h *handler) scoped(needed access.Scope, a *api.API) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if scopes := api.ScopesOf(r.Context()); !slices.Contains(scopes, needed) {
			api.WriteProblem(w, api.NewProblem(http.StatusForbidden, api.CodeScope, "", "this needs the scope "+string(needed), "make a token with the scope "+string(needed)))
			return
		}
		a.ServeHTTP(w, r)
	}
}

func (h *handler) unavailable(w http.ResponseWriter, err error) {
	h.o.Log.Error("a request of a program was not served", zap.Error(err))
	api.WriteProblem(w, api.NewProblem(http.StatusServiceUnavailable, codeOurs, "", "the register cannot be read or written now", "the daemon's log says why; try again later"))
}
