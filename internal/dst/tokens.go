package dst

import (
	"errors"
	"net/http"
	"time"
)

// What is counted of the tokens of an app, and of policies.
const (
	renewed      = "token of an app renewed"
	notRenewed   = "token of an app not renewed"
	judgedPolicy = "judged: decided by a policy, and kept"
)

// token carries the request for a token of an app. For a while none is given: one in four
// times that begins. Then the request fails, or it has no answer until it is given up, while
// all other requests of the engine wait for it.
func (n *wire) token(a *actor, r *http.Request) (*http.Response, error) {
	w := n.w
	if n.e.isDead() {
		return nil, errDead
	}
	w.mu.Lock()
	begins, minutes, how := w.tokens.IntN(4) == 0, 1+w.tokens.IntN(20), w.tokens.IntN(4)
	if begins && !w.calm && !time.Now().Before(w.tokenless) {
		w.tokenless = time.Now().Add(time.Duration(minutes) * time.Minute)
	}
	refused := !w.calm && time.Now().Before(w.tokenless)
	kind := renewed
	if refused {
		kind = notRenewed
	}
	w.counts[kind]++
	w.requests++
	w.mu.Unlock()
	w.note(a.name, "%s: %v", r.URL.Path, !refused)
	n.latency(a)
	if n.e.isDead() {
		return nil, errDead
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	switch {
	case !refused:
		return w.trackers.RoundTrip(r)
	case how == 0:
		return nil, errors.New("connection refused")
	case how == 1:
		return page(r), nil
	case how == 2:
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return answer(r, http.StatusBadGateway, nil, `{"message":"bad gateway"}`), nil
}
