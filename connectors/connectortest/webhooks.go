package connectortest

import (
	"net/http"
	"slices"
	"testing"

	"github.com/conformd/conformd/connectors"
)

func webhookCases() []testCase {
	return []testCase{{name: "webhook", needs: FeatureWebhook, run: webhookHints}}
}

func webhookHints(t *testing.T, s *suite) {
	hook, ok := s.Tracker.(connectors.Webhook)
	if !ok {
		t.Fatal("the tracker is no Webhook, and Facts.Lacks does not say why")
	}
	signer, ok := s.World.(Signer)
	if !ok {
		t.Fatal("the World is no Signer, and Facts.Lacks does not say why")
	}
	ref := s.World.Seed(t, 1)[0]
	header, body := signer.Delivery(t, ref, nil)
	d, err := connectors.Hint(hook, header, body)
	s.works(t, "Hint(authentic)", err)
	names := func(d connectors.Delivery) bool {
		return slices.ContainsFunc(d.Issues, func(r connectors.Ref) bool {
			return (r.ID == "" || r.ID == ref.ID) && (r.Key == "" || r.Key == ref.Key) && r != (connectors.Ref{})
		})
	}
	if !names(d) || d.Event == "" {
		t.Errorf("Hint = %+v, want an event that names %+v", d, ref)
	}
	again, err := connectors.Hint(hook, header, body)
	s.works(t, "Hint(redelivered)", err)
	if again.ID != d.ID || !names(again) {
		t.Errorf("Hint(redelivered) = %+v, want the same id %q", again, d.ID)
	}

	forged := func(what string, h http.Header, body []byte) {
		t.Helper()
		d, err := connectors.Hint(hook, h, body)
		s.fails(t, "Hint("+what+")", err, connectors.Forged)
		if len(d.Issues) != 0 || d.All {
			t.Errorf("Hint(%s) = %+v beside its error, want nothing", what, d)
		}
	}
	unread := func(what string, h http.Header) {
		t.Helper()
		in, err := hook.Begin(h)
		s.fails(t, "Begin("+what+")", err, connectors.Forged)
		if in != nil {
			t.Errorf("Begin(%s) = %T beside its error, want nothing", what, in)
		}
	}
	unread("no header", http.Header{})
	for name, values := range header {
		h := header.Clone()
		h.Set(name, values[0]+"0")
		if _, err := hook.Begin(h); err != nil {
			unread("a longer "+name, h) // the header that carries the signature
			h.Set(name, values[0][:len(values[0])-1])
			unread("a cut "+name, h)
			h.Set(name, "")
			unread("an empty "+name, h)
			h.Del(name)
			unread("without "+name, h)
		}
	}
	pieces, err := hook.Begin(header)
	s.works(t, "Begin(authentic)", err)
	for _, p := range [][]byte{body[:1], body[1:2], nil, body[2:]} {
		n, err := pieces.Write(p)
		if s.works(t, "Write", err); n != len(p) {
			t.Errorf("Write = %d, want %d", n, len(p))
		}
	}
	d, err = pieces.Hint()
	s.works(t, "Hint(in pieces)", err)
	if !names(d) {
		t.Errorf("Hint(in pieces) = %+v, want an event that names %+v", d, ref)
	}

	forged("changed body", header, append(slices.Clone(body), ' '))
	forged("no body", header, nil)
	forged("no header", http.Header{}, body)
	for name := range header {
		h := header.Clone()
		h.Del(name)
		if _, err := connectors.Hint(hook, h, body); err != nil { // the header mattered
			s.fails(t, "Hint(without "+name+")", err, connectors.Forged, connectors.Malformed)
		}
	}
	other, otherBody := signer.Delivery(t, ref, []byte(`{"other":"delivery"}`))
	forged("signature of another body", other, body)
	forged("body of another signature", header, otherBody)

	for _, garbage := range []string{"null", "[]", "{", `"x"`, "\xff\x00", `{"issue":7,"repository":[]}`} {
		h, b := signer.Delivery(t, ref, []byte(garbage))
		_, err := connectors.Hint(hook, h, b)
		s.fails(t, "Hint(authentic, but "+garbage+")", err, connectors.Malformed)
	}
}
