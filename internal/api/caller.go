package api

import (
	"context"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/register"
)

// A Caller is somebody for whom a request is served: a person in the pages, or a program with a token.
type Caller struct {
	access.Who

	Scopes []access.Scope
	// Account and How say by what the person is known, for the register.
	Account string
	How     register.ApprovalHow
	// Token is the id of the token, "" for a person in the pages.
	Token string
	// Fresh says that the person in the pages proved a short time ago who they are.
	Fresh bool
}

type callerKey struct{}

// With returns ctx with who calls.
func With(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// caller returns who calls; the zero Caller may do nothing.
func caller(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}

// ScopesOf returns what the request of a context may be used for.
func ScopesOf(ctx context.Context) []access.Scope { return caller(ctx).Scopes }
