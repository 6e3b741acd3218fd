package store

import (
	"time"

	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/register"
	"github.com/conformd/conformd/register/message"
	"github.com/conformd/conformd/sync/sticky"
)

type storedState struct {
	versioned
	ID        string      `json:"id,omitempty"`
	Says      *storedSays `json:"says,omitempty"`
	Uncertain bool        `json:"uncertain,omitempty"`
}

// form is 2 since the comment tells what waits for a decision and what counts no longer, and 3
// since it tells of the links between records, why somebody asks for a later date, and of
// exceptions. It is 4 since the comment has a language.
func (*storedState) form() int { return 4 }

// storedSays is what conformd's comment says. It stands inside of other documents, whose
// version is its own.
type storedSays struct {
	Ref        string               `json:"ref"`
	Language   string               `json:"language,omitempty"`
	State      register.State       `json:"state"`
	Requested  register.State       `json:"requested,omitempty"`
	Next       bool                 `json:"next,omitempty"`
	Needs      []storedNeed         `json:"needs,omitempty"`
	Unread     []storedUnread       `json:"unread,omitempty"`
	Conflicts  []storedSaidConflict `json:"conflicts,omitempty"`
	Waiting    []storedWaiting      `json:"waiting,omitempty"`
	Barred     []string             `json:"barred,omitempty"`
	SaidBarred []message.Text       `json:"said_barred,omitempty"`
	Contested  []string             `json:"contested,omitempty"`
	Answers    []storedAnswer       `json:"answers,omitempty"`
	Commands   bool                 `json:"commands,omitempty"`
	Back       *storedBack          `json:"back,omitempty"`
	Links      []storedSaidLink     `json:"links,omitempty"`
	Exception  *storedException     `json:"exception,omitempty"`
	Adoption   *storedAdoption      `json:"adoption,omitempty"`
	Lost       *storedLost          `json:"lost,omitempty"`
}

type storedLost struct {
	From     register.State `json:"from"`
	To       register.State `json:"to"`
	Day      string         `json:"day"`
	By       string         `json:"by,omitempty"`
	What     []string       `json:"what"`
	SaidWhat []message.Text `json:"said_what,omitempty"`
	Whom     []string       `json:"whom,omitempty"`
	SaidWhom []message.Text `json:"said_whom,omitempty"`
	Review   bool           `json:"review,omitempty"`
}

type storedAdoption struct {
	Declined string `json:"declined,omitempty"`
	Until    string `json:"until,omitempty"`
	Why      string `json:"why,omitempty"`
	By       string `json:"by"`
	Came     bool   `json:"came,omitempty"`
	Who      string `json:"who,omitempty"`
}

type storedException struct {
	Until string `json:"until"`
	Left  int    `json:"left,omitempty"`
	Over  string `json:"over,omitempty"`
}

type storedSaidLink struct {
	Kind register.LinkKind `json:"kind"`
	Ref  string            `json:"ref"`
	From bool              `json:"from,omitempty"`
}

type storedNeed struct {
	Field   register.Field `json:"field,omitempty"`
	Label   string         `json:"label,omitempty"`
	What    string         `json:"what"`
	Said    message.Text   `json:"said,omitempty"`
	Missing bool           `json:"missing,omitempty"`
	Rule    string         `json:"rule"`
	Clause  string         `json:"clause"`
	Remedy  storedRemedy   `json:"remedy"`
}

type storedRemedy struct {
	Kind  present.RemedyKind `json:"kind"`
	Name  string             `json:"name,omitempty"`
	On    string             `json:"on,omitempty"`
	Until time.Time          `json:"until,omitzero"`
	Form  string             `json:"form,omitempty"`
	Who   string             `json:"who,omitempty"`
	Words string             `json:"words,omitempty"`
	Said  message.Text       `json:"said,omitempty"`
}

type storedUnread struct {
	Field      register.Field `json:"field"`
	Label      string         `json:"label"`
	What       string         `json:"what"`
	Remedy     string         `json:"remedy"`
	Said       message.Text   `json:"said,omitempty"`
	SaidRemedy message.Text   `json:"said_remedy,omitempty"`
}

type storedSaidConflict struct {
	Label  string            `json:"label"`
	Values []storedSaidValue `json:"values"`
}

type storedSaidValue struct {
	Place string `json:"place"`
	Text  string `json:"text"`
}

type storedAnswer struct {
	Who     string       `json:"who"`
	Command string       `json:"command"`
	Told    string       `json:"told"`
	Said    message.Text `json:"said,omitempty"`
	Void    bool         `json:"void,omitempty"`
}

type storedWaiting struct {
	Field  register.Field `json:"field"`
	Label  string         `json:"label"`
	Now    string         `json:"now"`
	Value  string         `json:"proposed"`
	By     string         `json:"by"`
	Where  string         `json:"where"`
	Since  time.Time      `json:"since,omitzero"`
	Amends bool           `json:"amends,omitempty"`
	Who    string         `json:"who_decides"`
	Take   string         `json:"take,omitempty"`
	Keep   string         `json:"keep"`
	Why    string         `json:"why,omitempty"`
}

type storedBack struct {
	Due       time.Time `json:"due,omitzero"`
	Failed    string    `json:"failed,omitempty"`
	Contested bool      `json:"contested,omitempty"`
}

func encodeState(s sticky.State) (string, error) {
	return encode(&storedState{ID: s.ID, Says: storeSays(s.Says), Uncertain: s.Uncertain})
}

func decodeState(doc string) (sticky.State, error) {
	var s storedState
	err := decode(doc, "comment", &s)
	return sticky.State{ID: s.ID, Says: saysOf(s.Says), Uncertain: s.Uncertain}, err
}

func storeSays(c *sticky.Comment) *storedSays {
	if c == nil {
		return nil
	}
	return &storedSays{
		Ref: c.Ref, Language: c.Language, State: c.State, Requested: c.Requested, Next: c.Next,
		Needs: each(c.Needs, func(n present.Need) storedNeed {
			return storedNeed{Field: n.Field, Label: n.Label, What: n.What, Said: n.Said, Missing: n.Missing, Rule: n.Rule, Clause: n.Clause, Remedy: storedRemedy(n.Remedy)}
		}),
		Unread: each(c.Unread, func(u sticky.Unread) storedUnread { return storedUnread(u) }),
		Conflicts: each(c.Conflicts, func(x present.Conflict) storedSaidConflict {
			return storedSaidConflict{Label: x.Label, Values: each(x.Values, func(v present.Value) storedSaidValue { return storedSaidValue(v) })}
		}),
		Waiting: each(c.Waiting, func(x present.Proposal) storedWaiting { return storedWaiting(x) }), Barred: c.Barred, SaidBarred: c.SaidBarred,
		Contested: c.Contested, Answers: each(c.Answers, func(a sticky.Answer) storedAnswer { return storedAnswer(a) }),
		Commands: c.Commands, Back: (*storedBack)(c.Back), Exception: (*storedException)(c.Exception), Adoption: (*storedAdoption)(c.Adoption), Lost: (*storedLost)(c.Lost),
		Links: each(c.Links, func(l sticky.Link) storedSaidLink { return storedSaidLink(l) }),
	}
}

func saysOf(s *storedSays) *sticky.Comment {
	if s == nil {
		return nil
	}
	return &sticky.Comment{
		Ref: s.Ref, Language: s.Language, State: s.State, Requested: s.Requested, Next: s.Next,
		Needs: each(s.Needs, func(n storedNeed) present.Need {
			return present.Need{Field: n.Field, Label: n.Label, What: n.What, Said: n.Said, Missing: n.Missing, Rule: n.Rule, Clause: n.Clause, Remedy: present.Remedy(n.Remedy)}
		}),
		Unread: each(s.Unread, func(u storedUnread) sticky.Unread { return sticky.Unread(u) }),
		Conflicts: each(s.Conflicts, func(x storedSaidConflict) present.Conflict {
			return present.Conflict{Label: x.Label, Values: each(x.Values, func(v storedSaidValue) present.Value { return present.Value(v) })}
		}),
		Waiting: each(s.Waiting, func(x storedWaiting) present.Proposal { return present.Proposal(x) }), Barred: s.Barred, SaidBarred: s.SaidBarred,
		Contested: s.Contested, Answers: each(s.Answers, func(a storedAnswer) sticky.Answer { return sticky.Answer(a) }),
		Commands: s.Commands, Back: (*sticky.Back)(s.Back), Exception: (*sticky.Exception)(s.Exception), Adoption: (*sticky.Adoption)(s.Adoption), Lost: (*sticky.Lost)(s.Lost),
		Links: each(s.Links, func(l storedSaidLink) sticky.Link { return sticky.Link(l) }),
	}
}
