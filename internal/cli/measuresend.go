package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/conformd/conformd/connectors/transport"
	"github.com/conformd/conformd/internal/regular"
)

// A sending is a value that a program sends to the daemon of another machine.
type sending struct {
	server, tokenFile, as string
	measure, value        string
	period, note, key     string
}

// tokenVariable holds the token where no file is named.
const tokenVariable = "CONFORMD_MEASURE_TOKEN"

// token returns the token of a program. No error shows it.
func (s *session) token(file string) (string, error) {
	const how = "make one for measurement_tokens, and give it in " + tokenVariable + " or --token-file"
	token, _ := s.Env(tokenVariable)
	if file != "" {
		data, err := regular.Read(file, 4<<10)
		if err != nil {
			return "", misuse("the token cannot be read: "+err.Error(), how)
		}
		token = string(data)
	}
	token = strings.TrimSpace(token)
	if token == "" {
		return "", misuse("there is no token", how)
	}
	if strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return "", misuse("the token holds a blank or a character that no header takes", how)
	}
	return token, nil
}

// endpoint returns the address that takes values. The token goes there alone, and in the clear to this
// machine alone.
func endpoint(server string) (string, error) {
	const how = "give the address of the pages, such as https://register.acme.example"
	u, err := url.Parse(server)
	if err != nil || u.Hostname() == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", misuse("--server is not the address of a conformd", how)
	}
	ip, err := netip.ParseAddr(u.Hostname())
	if u.Scheme == "http" && u.Hostname() != "localhost" && (err != nil || !ip.IsLoopback()) {
		return "", misuse("--server begins with http://, and the token would travel in the clear", how)
	}
	return u.JoinPath("measurements").String(), nil
}

// sent is the answer of the daemon: what was entered, or what is wrong.
type sent struct {
	Measure string `json:"measure"`
	Period  string `json:"period"`
	Value   string `json:"value"`
	Target  string `json:"target"`
	Met     bool   `json:"met"`

	Title  string `json:"title"`
	Detail string `json:"detail"`
	Code   string `json:"code"`
}

// send sends one value. It is not sent again by itself; whoever repeats it with the same key enters it once.
func (s *session) send(ctx context.Context, x sending) error {
	if x.as != "" {
		return misuse("--as is for this machine, and the token says in whose name a value is entered", "leave out --as")
	}
	address, err := endpoint(x.server)
	if err != nil {
		return err
	}
	token, err := s.token(x.tokenFile)
	if err != nil {
		return err
	}
	if x.key == "" {
		x.key = uuid.NewString()
	}
	body, err := json.Marshal(map[string]string{"measure": x.measure, "value": x.value, "period": x.period, "note": x.note, "key": x.key})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		return misuse("--server is not the address of a conformd", "give the address of the pages, such as https://register.acme.example")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	again := "send it again with --key " + x.key + ", which enters it once"
	resp, err := transport.New(transport.Options{Timeout: 30 * time.Second, MaxBody: 64 << 10, UserAgent: "conformd"}).Do(req)
	if err != nil {
		f := &fault{Code: "CLI-101", Exit: ExitFailed, What: "there is no answer from the daemon: " + transport.Scrub(err).Error(), Why: "it may have entered the value", Remedy: again, Err: err}
		if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
			f.Why = "nothing listens there, or a firewall is in between"
		}
		return f
	}
	defer func() { _ = resp.Body.Close() }() // it was only read
	data, err := io.ReadAll(resp.Body)
	var out sent
	if err != nil || json.Unmarshal(data, &out) != nil {
		out = sent{}
	}
	switch {
	case (resp.StatusCode == http.StatusCreated || resp.StatusCode == http.StatusOK) && out.Period != "":
		return s.wasSent(out)
	case out.Code == "":
		return &fault{Code: "CLI-102", Exit: ExitFailed, What: "what answers at --server is no conformd that takes values: " + resp.Status, Why: "the address is another, a proxy asks for a login, or the daemon has no measurement_tokens", Remedy: "correct it, and " + again}
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden:
		return &fault{Code: "CLI-103", Exit: ExitDenied, What: out.Title + ": " + out.Detail, Remedy: "compare the token and the record with measurement_tokens in the configuration of the daemon"}
	case resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode >= http.StatusInternalServerError:
		return &fault{Code: "CLI-105", Exit: ExitFailed, What: out.Title + ": " + out.Detail, Remedy: "wait, and " + again}
	default:
		return &fault{Code: "CLI-104", Exit: ExitFailed, What: out.Title + ": " + out.Detail, Remedy: "a value that is refused changes nothing; a person enters another one with a reason: conformd measure put --as"}
	}
}

// wasSent tells what was entered.
func (s *session) wasSent(x sent) error {
	if s.json {
		return s.printJSON(map[string]any{"measure": x.Measure, "period": x.Period, "value": x.Value, "target": x.Target, "met": x.Met})
	}
	met := "met"
	if !x.Met {
		met = "missed"
	}
	return s.print("%s  %s: %s, target %s, %s\n", oneLine(x.Measure), oneLine(x.Period), oneLine(x.Value), oneLine(x.Target), met)
}
