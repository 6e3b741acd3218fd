package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"slices"

	"github.com/conformd/conformd/internal/access"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
	"github.com/conformd/conformd/register"
)

func (a *API) acting() {
	acts := func(path, id, summary, says string, errs ...int) operation {
		return operation{Operation: Operation{http.MethodPost, path, access.ScopeAct}, id: id, group: ofActs, summary: summary, says: says + " The same request with the same Idempotency-Key is done once, for 30 days.", errors: append(errs, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType, http.StatusBadRequest)}
	}
	onRecord := []int{http.StatusNotFound, http.StatusPreconditionFailed, http.StatusPreconditionRequired}
	add(a, get("/acts", "list-acts", ofActs, "What people may ask of records", "Every act with its inputs, and the inputs of a record of a kind that is filed.", http.StatusConflict), a.everyAct)
	add(a, get("/records/{ref}/acts", "list-record-acts", ofActs, "What you may ask of a record as it is now", "", http.StatusNotFound, http.StatusConflict), a.actsOf)
	addTyped(a, acts("/records", "file-record", "File a record that has no issue", "A binding with create_twin gets an issue for it."), a.file)
	addTyped(a, acts("/records/{ref}/acts/{act}", "act", "Do something to a record",
		"The register decides whether it counts, by the same rules as in a tracker. If-Match says which version you saw. An act that is a decision also needs the scope approve.", onRecord...), a.act)
	add(a, acts("/acts/{act}", "act-on-several", "Do something to several records",
		"One act for up to 100 records, each by itself, as if it were asked of that record alone: one that is refused holds no other up. Send it with dry_run first: it says what would change, and which versions to send. Under the same Idempotency-Key what was done to a record is not done to it again, and the others are tried again.", http.StatusNotFound, http.StatusPreconditionRequired), a.actTogether)
	addTyped(a, acts("/records/{ref}/conflicts/{field}", "resolve-conflict", "Decide a conflict",
		"The register takes the value of a place, or one of its own, and brings every issue in step.", onRecord...), a.resolve)
}

// An Act is one thing that people may ask of a record.
type Act struct {
	Name     string  `json:"name"`
	Label    string  `json:"label"`
	Says     string  `json:"says" doc:"What comes of it"`
	Approves bool    `json:"approves" doc:"It is a decision in the name of the organisation; a token needs the scope approve"`
	Several  bool    `json:"several" doc:"It can be asked of several records at once, with act-on-several"`
	Inputs   []Input `json:"inputs" nullable:"false"`
}

// An Input is one thing that is said with an act.
type Input struct {
	Name    string   `json:"name"`
	Label   string   `json:"label"`
	Hint    string   `json:"hint,omitempty"`
	Type    string   `json:"type"`
	Options []string `json:"options,omitempty"`
	Value   string   `json:"value,omitempty" doc:"The value that the record has"`
	Needed  bool     `json:"needed"`
}

// Acts are things that people may ask of records.
type Acts struct {
	Acts   []Act `json:"acts" nullable:"false"`
	Filing *Act  `json:"filing,omitempty" doc:"What is said of a new record"`
}

func shown(k service.Ask) Act {
	out := Act{k.Name, k.Label, k.Says, k.Approves, k.Several, []Input{}}
	for _, i := range k.Inputs {
		in := Input{Name: i.Name, Label: i.Label, Hint: i.Hint, Type: string(i.Type), Value: i.Value, Needed: i.Needed}
		for _, o := range i.Options {
			in.Options = append(in.Options, o.Value)
		}
		out.Inputs = append(out.Inputs, in)
	}
	return out
}

type kindOf struct {
	Kind string `query:"kind" default:"nonconformity" doc:"The kind of record that is filed"`
}

func (a *API) everyAct(_ context.Context, in *kindOf) (*answer[Acts], error) {
	if a.o.Acts == nil {
		return nil, noActs()
	}
	filing := shown(a.o.Acts.FilingAsk(register.Kind(in.Kind)))
	out := Acts{Acts: []Act{}, Filing: &filing}
	for _, k := range a.o.Acts.AllAsks() {
		out.Acts = append(out.Acts, shown(k))
	}
	return &answer[Acts]{out}, nil
}

func noActs() *Problem {
	return newProblem(http.StatusConflict, codeNoActs, "nobody signs in here, so nobody can act", "remove pages_without_login from the configuration")
}

func (a *API) actsOf(ctx context.Context, in *Named) (*answer[Acts], error) {
	row, err := a.o.Register.Find(ctx, in.Ref)
	if err != nil {
		return nil, err
	}
	if a.o.Acts == nil {
		return nil, noActs()
	}
	out := Acts{Acts: []Act{}}
	for _, k := range a.acts(ctx).Asks(row.Record, caller(ctx).Person) {
		out.Acts = append(out.Acts, shown(k))
	}
	return &answer[Acts]{out}, nil
}

// Keyed says by what a repetition is known.
type Keyed struct {
	Key string `header:"Idempotency-Key" pattern:"^[A-Za-z0-9._:-]{1,100}$" doc:"A word of your own for this request: sent again, it is not done again"`
}

// Seen says which version of a record somebody saw.
type Seen struct {
	Keyed
	Named

	IfMatch string `header:"If-Match" maxLength:"200" doc:"ETag of the record as you read it; without one the answer is 428"`
}

// Inputs are what is said with an act.
type Inputs struct {
	Inputs map[string]string `json:"inputs" doc:"Values by the names of the inputs, as people write them"`
}

// Done is what came of an act.
type Done struct {
	Changed bool             `json:"changed" doc:"False if that was so already, or if the request was done before"`
	Again   bool             `json:"again" doc:"The request with this Idempotency-Key was done before"`
	Record  service.Document `json:"record"`
}

type done struct {
	ETag string `header:"ETag" doc:"Version of the record and digest of the record as get-record answers it"`
	Body Done
}

type filing struct {
	Keyed

	Body Inputs
}

func (a *API) file(ctx context.Context, in *filing) (*done, error) {
	return a.once(ctx, in.Key, []any{"file", in.Body}, false, func(by service.By) (service.Acted, error) {
		return a.acts(ctx).FileAsked(ctx, by, in.Body.Inputs)
	})
}

type acting struct {
	Seen

	Act  string `path:"act" maxLength:"50" doc:"Name of an act; list-acts has them"`
	Body Inputs
}

func (a *API) act(ctx context.Context, in *acting) (*done, error) {
	var k service.Ask
	if a.o.Acts != nil {
		var err error
		if k, err = service.AskNamed(in.Act); err != nil {
			return nil, err
		}
	}
	return a.once(ctx, in.Key, []any{in.Act, in.Ref, in.IfMatch, in.Body}, k.Approves, func(by service.By) (service.Acted, error) {
		row, err := a.saw(ctx, in.Seen, &by)
		if err != nil {
			return service.Acted{}, err
		}
		acted, err := a.acts(ctx).Ask(ctx, row.Record.ID, by, in.Act, in.Body.Inputs)
		if p := roleless(a.acts(ctx), row.Record, k, by.Person, err); p != nil {
			return acted, p
		}
		return acted, err
	})
}

// foreign is the problem of somebody who has nothing to do with a record.
func foreign() *Problem {
	return newProblem(http.StatusForbidden, codeNotYours, "you have nothing to do with this record", "ask its owner, or the ISMS manager")
}

// roleless is the problem of somebody who lacks the role for an act that the register refused, nil for another refusal.
func roleless(acts *service.Acts, r register.Record, k service.Ask, person string, err error) *Problem {
	no, refused := errors.AsType[*service.RefusedError](err)
	if !refused || k.Act == "" || slices.Contains(acts.Policy.AllowedOn(r, acts.People, k.Act), person) {
		return nil
	}
	return refusal(http.StatusForbidden, codeNotYours, no.Refusal)
}

// A Choice is a person's decision about a conflict.
type Choice struct {
	Take   string `json:"take,omitempty" maxLength:"2000" doc:"The place whose value stands: the key of an issue, a binding, or register"`
	Value  string `json:"value,omitempty" doc:"A value of its own, in the place of take"`
	Reason string `json:"reason" doc:"Why"`
}

type resolving struct {
	Seen

	Field string `path:"field" maxLength:"200" doc:"The field, as list-conflicts names it"`
	Body  Choice
}

func (a *API) resolve(ctx context.Context, in *resolving) (*done, error) {
	if (in.Body.Take == "") == (in.Body.Value == "") {
		return nil, newProblem(http.StatusUnprocessableEntity, codeInvalid, "it is not said which value stands", "give either take or value").at("body")
	}
	return a.once(ctx, in.Key, []any{"resolve", in.Field, in.Ref, in.IfMatch, in.Body}, false, func(by service.By) (service.Acted, error) {
		row, err := a.saw(ctx, in.Seen, &by)
		if err != nil {
			return service.Acted{}, err
		}
		if !a.acts(ctx).HasToDoWith(row.Record, by.Person) {
			return service.Acted{}, foreign()
		}
		c := service.Choice{Field: register.Field(in.Field), Take: in.Body.Take, Value: in.Body.Value, Reason: in.Body.Reason}
		if c.Value != "" {
			typed, p := a.o.Acts.Typing.Typed(c.Field, c.Value)
			if p.Code != "" {
				return service.Acted{}, newProblem(http.StatusUnprocessableEntity, codeInvalid, p.What.String(), p.Remedy.String()).at("body.value")
			}
			c.Value = typed
		}
		return a.acts(ctx).Resolve(ctx, row.Record.ID, by, c, a.o.Register.Profiles)
	})
}

// saw returns the record that an act is about, and notes the version that was seen.
func (a *API) saw(ctx context.Context, in Seen, by *service.By) (store.Row, error) {
	if in.IfMatch == "" {
		return store.Row{}, newProblem(http.StatusPreconditionRequired, codeNoVersion, "the request does not say which version of the record you saw", "read the record, and send its ETag as If-Match").at("header.If-Match")
	}
	var ok bool
	if by.Saw, ok = version(in.IfMatch); !ok {
		return store.Row{}, newProblem(http.StatusUnprocessableEntity, codeVersion, "If-Match is no ETag of a record", "send the ETag as you got it, with its quotes").at("header.If-Match")
	}
	return a.o.Register.Find(ctx, in.Ref)
}

// once lets the caller act, and answers what a repetition of the same request under a key came to before. Asked is
// what the request asks for.
func (a *API) once(ctx context.Context, key string, asked []any, approves bool, do func(service.By) (service.Acted, error)) (*done, error) {
	c := caller(ctx)
	if p := a.mayAct(c, approves); p != nil {
		return nil, p
	}
	by := service.By{Person: c.Person, Account: c.Account, How: c.How}
	if key != "" {
		text, err := json.Marshal(asked)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		by.Request = &store.Request{Person: c.Person, Key: key, Digest: hex.EncodeToString(sum[:])}
	}
	acted, err := do(by)
	if err != nil {
		return nil, a.refused(ctx, err)
	}
	return a.came(ctx, acted)
}

// came answers what came of an act.
func (a *API) came(ctx context.Context, acted service.Acted) (*done, error) {
	x, err := a.byID(ctx, acted.Record.ID)
	if err != nil {
		return nil, err
	}
	return &done{ETag: x.ETag, Body: Done{len(acted.Facts) > 0, acted.Again, x.Body}}, nil
}

// acts changes the register for the caller, with those of their roles that their sign-in shows.
func (a *API) acts(ctx context.Context) *service.Acts {
	c := caller(ctx)
	return a.o.Acts.As(c.Person, func(role string) bool { return c.Has(access.Role(role)) })
}

// mayAct says why a caller may not act.
func (a *API) mayAct(c Caller, approves bool) *Problem {
	p, known := register.Person{}, false
	if a.o.Acts != nil {
		p, known = a.o.Acts.People[c.Person]
	}
	switch {
	case a.o.Acts == nil:
		return noActs()
	case !known:
		return newProblem(http.StatusForbidden, codeNotYours, "you are not in the register's list of people", "ask the ISMS manager to add you")
	case c.Token != "" && slices.ContainsFunc(p.Roles, func(r string) bool { return !c.Has(access.Role(r)) }):
		// The register knows the roles of people and no groups, so it would count the role.
		return newProblem(http.StatusForbidden, CodeRoleUnshown, "one of your roles counts while you are in a group of the provider, which a token does not show", "act in the pages")
	case approves && c.Token != "" && !slices.Contains(c.Scopes, access.ScopeApprove):
		return newProblem(http.StatusForbidden, CodeScope, "this is a decision, and the token has not the scope approve", "make a token with the scope approve")
	case approves && c.Token == "" && !c.Fresh:
		return newProblem(http.StatusForbidden, CodeFresh, "this is a decision, and you signed in a while ago", "prove anew who you are, and send it again")
	}
	return nil
}

// refused puts why an act was not done into words.
func (a *API) refused(ctx context.Context, err error) error {
	if stale, ok := errors.AsType[*service.StaleError](err); ok {
		p := newProblem(http.StatusPreconditionFailed, codeStale, stale.Error(), "look at current, and send the request again with the ETag of that version").at("header.If-Match")
		x, err := a.found(ctx, stale.Ref)
		if err != nil {
			return err
		}
		p.Current = &x.Body
		return p
	}
	if errors.Is(err, service.ErrForeign) {
		return foreign()
	}
	no, ok := errors.AsType[*service.RefusedError](err)
	if !ok {
		return err
	}
	if no.Refusal.There {
		return refusal(http.StatusConflict, codeRefused, no.Refusal)
	}
	return refusal(http.StatusUnprocessableEntity, codeRefused, no.Refusal)
}

// refusal puts a refusal of the register into words.
func refusal(status int, code string, no register.Refusal) *Problem {
	p := newProblem(status, code, no.What, no.Message().String())
	p.Rule = no.Rule
	return p
}
