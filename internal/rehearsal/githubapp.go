package rehearsal

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"sync"
)

// The GitHub App of a rehearsal, as its configuration names it.
const (
	appID        = 7
	installation = 5
)

// appKey returns the key of the app, made anew in each process. It protects nothing, so it is
// short: a simulation signs with it a thousand times.
var appKey = sync.OnceValue(func() *rsa.PrivateKey { //nolint:gochecknoglobals // a constant of the process
	const bits = 1024
	k, err := rsa.GenerateKey(rand.Reader, bits) //nolint:gosec // see above
	if err != nil {
		panic(err) // the machine gives no random bits
	}
	return k
})

// appPEM returns the private key of the app as an operator would keep it.
func appPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(appKey())}))
}
