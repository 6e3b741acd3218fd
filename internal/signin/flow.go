package signin

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"
)

// flowLasts is how long a person has at the provider.
const flowLasts = 10 * time.Minute

// KeepFlow keeps a flow in the browser that began it: strangers who begin flows cost no memory
// here. The provider ties the code to the verifier and the ID token to the nonce.
func (d *Desk) KeepFlow(w http.ResponseWriter, f Flow) error {
	b, err := json.Marshal(f)
	if err != nil {
		return err
	}
	d.setFlow(w, base64.RawURLEncoding.EncodeToString(b), int(flowLasts/time.Second))
	return nil
}

// TakeFlow returns the flow of the browser and makes the browser forget it, so that an answer counts once.
// The error is a *RefusedError if there is none.
func (d *Desk) TakeFlow(w http.ResponseWriter, r *http.Request) (Flow, error) {
	var f Flow
	c, err := r.Cookie(d.cookie("flow"))
	if err != nil {
		return f, NotBegun()
	}
	d.setFlow(w, "", -1)
	b, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || json.Unmarshal(b, &f) != nil {
		return Flow{}, NotBegun()
	}
	return f, nil
}

func (d *Desk) setFlow(w http.ResponseWriter, value string, seconds int) {
	//nolint:gosec // without Secure over plain HTTP, which is for this machine alone
	http.SetCookie(w, &http.Cookie{Name: d.cookie("flow"), Value: value, Path: "/", MaxAge: seconds, HttpOnly: true, Secure: d.o.Secure, SameSite: http.SameSiteLaxMode})
}
