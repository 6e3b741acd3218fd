package server

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/register"
)

// A MeasureToken lets a program enter values of some records in the name of a person.
type MeasureToken struct {
	Name     string // of the program
	Person   string // person id
	Token    string
	Measures []string // numbers of records
}

// A Measured is a value that a program sends.
type Measured struct {
	Measure string `json:"measure"` // number of the record
	Value   string `json:"value"`
	Period  string `json:"period"` // "" is the last one that is over and has no value, and else the one under way
	Note    string `json:"note"`
	Key     string `json:"key"` // makes a repetition harmless
}

// Measurements take values of programs.
type Measurements struct {
	Tokens []MeasureToken
	// Enter enters a value in the name of the token's person. The error is a *service.RefusedError if the
	// register refuses it.
	Enter func(ctx context.Context, by MeasureToken, m Measured) (Taken, error)
}

// Taken is what became of a value.
type Taken struct {
	Measurement register.Measurement
	// Again says that a value with this key was entered before, and is the one that is returned.
	Again bool
}

// The limits of the interface. A value is a few bytes, and a program sends one a day.
const (
	mostMeasured     = 8 << 10 // bytes of a body
	measuredAtOnce   = 10      // requests of one token, and then one each two seconds
	strangersAtOnce  = 30      // requests without a known token that are answered and logged, and then one a second
	measuredEach     = rate.Limit(0.5)
	strangersEach    = rate.Limit(1)
	retryAfterSecond = 2
)

// A taker serves POST /measurements.
type taker struct {
	Measurements
	log       *zap.Logger
	digests   [][sha256.Size]byte
	each      []*rate.Limiter
	strangers *rate.Limiter
}

func newTaker(m Measurements, log *zap.Logger) *taker {
	t := &taker{Measurements: m, log: log, strangers: rate.NewLimiter(strangersEach, strangersAtOnce)}
	for _, x := range m.Tokens {
		t.digests = append(t.digests, sha256.Sum256([]byte(x.Token)))
		t.each = append(t.each, rate.NewLimiter(measuredEach, measuredAtOnce))
	}
	return t
}

// A problem is an answer that tells what is wrong (RFC 9457).
type problem struct {
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Code   string `json:"code"` // stable
}

// The problems, each with its status and title.
const (
	codeNoToken  = "token-missing"
	codeToken    = "token-unknown"
	codeTooMany  = "too-many-requests"
	codeForm     = "body-unreadable"
	codeTooLarge = "body-too-large"
	codeType     = "not-json"
	codeRecord   = "record-not-allowed"
	codeHas      = "value-there"
	codeRefused  = "value-refused"
	codeOurs     = "register-unavailable"
)

// ServeHTTP takes one value. Who has no token learns nothing of the register.
func (t *taker) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	token, bearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	i := t.known(strings.TrimSpace(token))
	switch {
	case i < 0 && !t.strangers.Allow():
		t.tooMany(w)
		return
	case i < 0:
		code, detail := codeToken, "the token is not one of measurement_tokens"
		if !bearer {
			code, detail = codeNoToken, "send the token as Authorization: Bearer"
		}
		t.log.Warn("a value was sent without a known token", zap.String("code", code))
		w.Header().Set("WWW-Authenticate", `Bearer realm="conformd"`)
		refuse(w, problem{"no known token", http.StatusUnauthorized, detail, code})
		return
	case !t.each[i].Allow():
		t.log.Warn("a program sends values too fast", zap.String("token", t.Tokens[i].Name))
		t.tooMany(w)
		return
	}
	by := t.Tokens[i]
	m, p := measured(w, r)
	if p == nil && !slices.Contains(by.Measures, m.Measure) {
		p = &problem{"this token enters no values of this record", http.StatusForbidden, "the token is for " + strings.Join(by.Measures, ", "), codeRecord}
	}
	if p != nil {
		t.log.Warn("a value of a program was refused", zap.String("token", by.Name), zap.String("code", p.Code))
		refuse(w, *p)
		return
	}
	t.enter(w, r, by, m)
}

// enter hands a value to the register and answers what became of it.
func (t *taker) enter(w http.ResponseWriter, r *http.Request, by MeasureToken, m Measured) {
	taken, err := t.Enter(r.Context(), by, m)
	fields := []zap.Field{zap.String("token", by.Name), zap.String("record", m.Measure)}
	no, refused := errors.AsType[*service.RefusedError](err)
	switch {
	case refused && no.Refusal.There:
		t.log.Warn("a value of a program was refused", append(fields, zap.String("code", codeHas))...)
		refuse(w, problem{"the period has a value already", http.StatusConflict, no.Error(), codeHas})
	case refused:
		t.log.Warn("a value of a program was refused", append(fields, zap.String("code", codeRefused))...)
		refuse(w, problem{"the register refuses the value", http.StatusUnprocessableEntity, no.Error(), codeRefused})
	case err != nil:
		t.log.Error("a value of a program could not be entered", append(fields, zap.Error(err))...)
		refuse(w, problem{"the register cannot be written now", http.StatusServiceUnavailable, "the daemon's log says why; send the value again with the same key", codeOurs})
	default:
		x, status := taken.Measurement, http.StatusCreated
		if taken.Again {
			status = http.StatusOK
		}
		t.log.Info("a program entered a value", append(fields, zap.String("period", x.Period), zap.String("value", x.Value), zap.Bool("again", taken.Again))...)
		writeJSON(w, status, map[string]any{"measure": m.Measure, "period": x.Period, "value": x.Value, "target": x.Target, "met": x.Met})
	}
}

// known returns the place of a token, -1 if it is none. It takes the same time for every token.
func (t *taker) known(token string) int {
	digest, found := sha256.Sum256([]byte(token)), -1
	for i := range t.digests {
		if subtle.ConstantTimeCompare(digest[:], t.digests[i][:]) == 1 {
			found = i
		}
	}
	return found
}

// measured reads the body of a request.
func measured(w http.ResponseWriter, r *http.Request) (Measured, *problem) {
	var m Measured
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return m, &problem{"the body is no JSON", http.StatusUnsupportedMediaType, "send Content-Type: application/json", codeType}
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostMeasured))
	d.DisallowUnknownFields()
	err := d.Decode(&m)
	if err == nil {
		if _, more := d.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the value")
		}
	}
	if _, long := errors.AsType[*http.MaxBytesError](err); long {
		return m, &problem{"the body is too large", http.StatusRequestEntityTooLarge, "a value with its note has at most " + strconv.Itoa(mostMeasured) + " bytes", codeTooLarge}
	}
	if err != nil || strings.TrimSpace(m.Value) == "" {
		return m, &problem{"the body cannot be read", http.StatusBadRequest, `send {"measure": "MEA-2026-0001", "value": "97", "period": "2026-Q3", "note": "…", "key": "…"}, all of them texts and the last three as you need them`, codeForm}
	}
	return m, nil
}

func (t *taker) tooMany(w http.ResponseWriter) {
	w.Header().Set("Retry-After", strconv.Itoa(retryAfterSecond))
	refuse(w, problem{"too many requests", http.StatusTooManyRequests, "send a value once, and wait", codeTooMany})
}

// refuse answers a problem.
func refuse(w http.ResponseWriter, p problem) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p)
}
