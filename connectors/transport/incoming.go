package transport

import (
	"net/http"

	"github.com/conformd/conformd/connectors"
)

// Begin starts to take in a delivery whose header has the signature. Once the body is complete
// and the signature valid, it calls read with the body. The error is connectors.Forged.
func Begin(h http.Header, signature string, secrets []Secret, read func(h http.Header, body []byte) (connectors.Delivery, error)) (connectors.Incoming, error) {
	signed, ok := NewSigned(signature, secrets)
	if !ok {
		return nil, &connectors.Error{Op: "webhook", Kind: connectors.Forged, Detail: "no SHA-256 signature"}
	}
	return &incoming{signed, h, read}, nil
}

// An incoming is a delivery whose body is being read.
type incoming struct {
	*Signed
	h    http.Header
	read func(h http.Header, body []byte) (connectors.Delivery, error)
}

// Hint checks the signature and returns which issues may have changed.
func (in *incoming) Hint() (connectors.Delivery, error) {
	if !in.Valid() {
		return connectors.Delivery{}, &connectors.Error{Op: "webhook", Kind: connectors.Forged}
	}
	return in.read(in.h, in.Body())
}
