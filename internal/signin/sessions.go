package signin

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"go.uber.org/zap"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/store"
)

// extendEvery is how much later the end of a session must be before it is written. So a person who
// reads pages causes one write a minute.
const extendEvery = time.Minute

// sessions keeps the sessions of scs in the store. It gets the SHA-256 of a token, never the token.
type sessions struct {
	store *store.Store
	log   *zap.Logger
}

// FindCtx returns the data of a session.
func (s *sessions) FindCtx(ctx context.Context, digest string) ([]byte, bool, error) {
	x, err := s.store.Session(ctx, digest)
	if errors.Is(err, store.ErrNotFound) {
		return nil, false, nil
	}
	return []byte(x.Data), err == nil, err
}

// CommitCtx keeps a session that begins, or moves the end of one that goes on. The values of a
// session never change after its beginning, and one that ended meanwhile does not come back.
func (s *sessions) CommitCtx(ctx context.Context, digest string, b []byte, expires time.Time) error {
	deadline, values, err := codec{}.Decode(b)
	if err != nil {
		return err
	}
	if values[keyNew] == nil {
		s.extend(ctx, digest, expires)
		return nil
	}
	delete(values, keyNew)
	if b, err = (codec{}).Encode(deadline, values); err != nil {
		return err
	}
	var signed Signed
	if text, ok := values[keySigned].(string); ok {
		if err := json.Unmarshal([]byte(text), &signed); err != nil {
			return err
		}
	}
	x := store.Session{Digest: digest, Data: string(b), Expires: expires}
	if signed.Issuer == access.Local {
		x.Account = signed.Subject
	}
	return s.store.Write(ctx, func(t *store.Tx) error { return t.PutSession(ctx, x) })
}

// extend moves the end of a session. A full disk is no reason to refuse the page: the session then
// ends sooner.
func (s *sessions) extend(ctx context.Context, digest string, expires time.Time) {
	x, err := s.store.Session(ctx, digest)
	if errors.Is(err, store.ErrNotFound) || err == nil && expires.Sub(x.Expires) < extendEvery {
		return
	}
	if err == nil {
		err = s.store.Write(ctx, func(t *store.Tx) error { return t.ExtendSession(ctx, digest, expires) })
	}
	if err != nil && ctx.Err() == nil {
		s.log.Error("a session could not be extended", zap.Error(err))
	}
}

// DeleteCtx ends a session.
func (s *sessions) DeleteCtx(ctx context.Context, digest string) error {
	return s.store.Write(ctx, func(t *store.Tx) error { return t.DeleteSession(ctx, digest) })
}

// Find is FindCtx without a context. scs.CtxStore asks for it, and scs does not call it.
func (s *sessions) Find(digest string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), digest) //nolint:forbidigo // the interface has no context
}

// Commit is CommitCtx without a context, like Find.
func (s *sessions) Commit(digest string, b []byte, expires time.Time) error {
	return s.CommitCtx(context.Background(), digest, b, expires) //nolint:forbidigo // the interface has no context
}

// Delete is DeleteCtx without a context, like Find.
func (s *sessions) Delete(digest string) error {
	return s.DeleteCtx(context.Background(), digest) //nolint:forbidigo // the interface has no context
}

// codec writes sessions as JSON; equal sessions have equal texts.
type codec struct{}

type encoded struct {
	Deadline time.Time         `json:"deadline"`
	Values   map[string]string `json:"values"`
}

// Encode writes a session; all of its values are texts.
func (codec) Encode(deadline time.Time, values map[string]any) ([]byte, error) {
	e := encoded{Deadline: deadline, Values: map[string]string{}}
	for k, v := range values {
		text, ok := v.(string)
		if !ok {
			return nil, errors.New("a value of a session is no text")
		}
		e.Values[k] = text
	}
	return json.Marshal(e)
}

// Decode reads what Encode wrote.
func (codec) Decode(b []byte) (time.Time, map[string]any, error) {
	var e encoded
	if err := json.Unmarshal(b, &e); err != nil {
		return time.Time{}, nil, err
	}
	values := map[string]any{}
	for k, v := range e.Values {
		values[k] = v
	}
	return e.Deadline, values, nil
}
