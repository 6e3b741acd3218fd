package server

import (
	"context"
	"errors"
	"net/http"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/signin"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/internal/web"
)

// codeNoSuchToken is the problem of somebody who has no such token.
const codeNoSuchToken = "token-not-yours" //nolint:gosec // a name

// tokens loads the tokens that count.
func (h *handler) tokens(ctx context.Context, s seated, l *web.Tokens) error {
	if l.Has, l.Acts = s.who.Person != "", len(access.Allowed(access.Scopes(), s.who.Roles)) > 1; !l.Has {
		return nil
	}
	all, err := h.o.Desk.Tokens(ctx, s.who.Person)
	for _, k := range all {
		if signin.Counts(k, h.o.Desk.Now()) {
			l.Rows = append(l.Rows, web.Token{ID: k.ID, Name: k.Name, Scopes: k.Scopes, Until: k.Until, Used: k.Used})
		}
	}
	return err
}

// newToken makes a token and shows it once.
func (h *handler) newToken(w http.ResponseWriter, r *http.Request) {
	if !h.form(w, r) {
		return
	}
	s := seat(r)
	ask := signin.TokenAsk{Name: r.PostForm.Get("name"), Until: r.PostForm.Get("until")}
	for _, scope := range r.PostForm["scope"] {
		ask.Scopes = append(ask.Scopes, access.Scope(scope))
	}
	made, err := h.o.Desk.NewToken(r.Context(), s.who, s.signed, ask)
	refused, no := errors.AsType[*signin.RefusedError](err)
	switch {
	case no:
		h.showYou(w, r, http.StatusUnprocessableEntity, web.You{Tokens: web.Tokens{Name: ask.Name, Until: ask.Until, Refusal: &web.Refusal{What: refused.What, Remedy: refused.Remedy}}})
	case err != nil:
		h.fail(w, err)
	default:
		h.showYou(w, r, http.StatusOK, web.You{Tokens: web.Tokens{Secret: made.Secret}})
	}
}

// revokeToken ends a token of the person who is signed in.
func (h *handler) revokeToken(w http.ResponseWriter, r *http.Request) {
	s := seat(r)
	switch err := h.o.Desk.Revoke(r.Context(), s.who, s.signed, r.PathValue("id")); {
	case errors.Is(err, store.ErrNotFound):
		h.refused(w, r, http.StatusNotFound, codeNoSuchToken, "You have no such token", "It was revoked before, or it is not yours. Your tokens are on the page You.")
	case err != nil:
		h.fail(w, err)
	default:
		http.Redirect(w, r, "/you#tokens", http.StatusSeeOther)
	}
}
