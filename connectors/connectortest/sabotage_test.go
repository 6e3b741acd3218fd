package connectortest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/conformd/conformd/connectors"
	"github.com/conformd/conformd/connectors/connectortest"
)

// sabotaged is a sound tracker with one mistake.
type sabotaged struct {
	connectors.Tracker
	get      func(context.Context, connectors.Ref) (*connectors.Issue, error)
	changed  func(context.Context, time.Time) iter.Seq2[connectors.Page, error]
	present  func(context.Context, []connectors.Ref) (map[string]connectors.Presence, error)
	comments func(context.Context, connectors.Ref, string) iter.Seq2[connectors.CommentPage, error]
	create   func(context.Context, connectors.Draft) (connectors.Written, error)
	update   func(context.Context, connectors.Ref, connectors.Patch) (connectors.Written, error)
	find     func(context.Context, string, time.Time) ([]connectors.Ref, error)
	selected func(context.Context, connectors.Ref) (*connectors.Issue, error)
	edit     func(ctx context.Context, ref connectors.Ref, id, body, marker string) (connectors.Written, error)
}

func (s *sabotaged) Get(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
	if s.get != nil {
		return s.get(ctx, ref)
	}
	return s.Tracker.Get(ctx, ref)
}

func (s *sabotaged) Selected(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
	if s.selected != nil {
		return s.selected(ctx, ref)
	}
	return s.Tracker.Selected(ctx, ref)
}

func (s *sabotaged) Changed(ctx context.Context, since time.Time) iter.Seq2[connectors.Page, error] {
	if s.changed != nil {
		return s.changed(ctx, since)
	}
	return s.Tracker.Changed(ctx, since)
}

func (s *sabotaged) Present(ctx context.Context, refs []connectors.Ref) (map[string]connectors.Presence, error) {
	if s.present != nil {
		return s.present(ctx, refs)
	}
	return s.Tracker.Present(ctx, refs)
}

func (s *sabotaged) Comments(ctx context.Context, ref connectors.Ref, from string) iter.Seq2[connectors.CommentPage, error] {
	if s.comments != nil {
		return s.comments(ctx, ref, from)
	}
	return s.Tracker.Comments(ctx, ref, from)
}

// changedPages yields the pages of a listing of comments after changing each of them.
func changedPages(pages iter.Seq2[connectors.CommentPage, error], change func(*connectors.CommentPage)) iter.Seq2[connectors.CommentPage, error] {
	return func(yield func(connectors.CommentPage, error) bool) {
		for p, err := range pages {
			if change(&p); !yield(p, err) {
				return
			}
		}
	}
}

func (s *sabotaged) Create(ctx context.Context, d connectors.Draft) (connectors.Written, error) {
	if s.create != nil {
		return s.create(ctx, d)
	}
	return s.Tracker.Create(ctx, d)
}

func (s *sabotaged) Update(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
	if s.update != nil {
		return s.update(ctx, ref, p)
	}
	return s.Tracker.Update(ctx, ref, p)
}

func (s *sabotaged) FindCreated(ctx context.Context, marker string, after time.Time) ([]connectors.Ref, error) {
	if s.find != nil {
		return s.find(ctx, marker, after)
	}
	return s.Tracker.FindCreated(ctx, marker, after)
}

func (s *sabotaged) EditComment(ctx context.Context, ref connectors.Ref, id, body, marker string) (connectors.Written, error) {
	if s.edit != nil {
		return s.edit(ctx, ref, id, body, marker)
	}
	return s.Tracker.EditComment(ctx, ref, id, body, marker)
}

// credulous is a webhook that believes whatever carries a signature.
type credulous struct {
	connectors.Tracker
	hook connectors.Webhook
}

func (c credulous) Begin(h http.Header) (connectors.Incoming, error) {
	in, err := c.hook.Begin(h)
	return believer{in}, err
}

type believer struct{ connectors.Incoming }

func (b believer) Hint() (connectors.Delivery, error) {
	d, err := b.Incoming.Hint()
	if errors.Is(err, connectors.Forged) {
		return connectors.Delivery{All: true}, nil
	}
	return d, err
}

// greedy is a webhook that looks for the signature when the body was read.
type greedy struct {
	connectors.Tracker
	hook connectors.Webhook
}

func (g greedy) Begin(h http.Header) (connectors.Incoming, error) {
	if in, err := g.hook.Begin(h); err == nil {
		return in, nil
	}
	return &late{}, nil
}

type late struct{ bytes.Buffer }

func (*late) Hint() (connectors.Delivery, error) {
	return connectors.Delivery{}, &connectors.Error{Op: "hint", Kind: connectors.Forged}
}

// altered applies a mistake to each error of Get.
func altered(tr connectors.Tracker, alter func(*connectors.Error)) connectors.Tracker {
	return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
		i, err := tr.Get(ctx, ref)
		if e, ok := errors.AsType[*connectors.Error](err); ok {
			alter(e)
		}
		return i, err
	}}
}

// alteredUpdate applies a mistake to each error of Update.
func alteredUpdate(tr connectors.Tracker, alter func(*connectors.Error)) connectors.Tracker {
	return &sabotaged{Tracker: tr, update: func(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
		w, err := tr.Update(ctx, ref, p)
		if e, ok := errors.AsType[*connectors.Error](err); ok {
			alter(e)
		}
		return w, err
	}}
}

// byOffset lists by offsets into an order that changes meanwhile.
func byOffset(m *connectortest.Memory) func(context.Context, time.Time) iter.Seq2[connectors.Page, error] {
	return func(ctx context.Context, since time.Time) iter.Seq2[connectors.Page, error] {
		return func(yield func(connectors.Page, error) bool) {
			for offset := 0; ; offset += 5 {
				page := connectors.Page{At: m.Clock().Now()}
				n := 0
				for p, err := range m.Changed(ctx, since) {
					if err != nil {
						yield(connectors.Page{}, err)
						return
					}
					for _, i := range p.Issues {
						if n >= offset && n < offset+5 {
							page.Issues = append(page.Issues, i)
						}
						n++
					}
				}
				if !yield(page, nil) || n <= offset+5 {
					return
				}
			}
		}
	}
}

// A mistake is one that a connector could make, and the case that must find it.
type mistake struct {
	found string // the case
	make  func(connectors.Tracker, *connectortest.Memory) connectors.Tracker
}

func mistakes() map[string]mistake {
	type tracker = connectors.Tracker
	type memory = connectortest.Memory
	return map[string]mistake{
		"repeats a create": {"create whose reply is lost", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, create: func(ctx context.Context, d connectors.Draft) (connectors.Written, error) {
				_, err := tr.Create(ctx, d)
				if errors.Is(err, connectors.Unknown) {
					_, _ = tr.Create(ctx, d)
				}
				return connectors.Written{}, err
			}}
		}},
		"creates without marker": {"create", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, create: func(ctx context.Context, d connectors.Draft) (connectors.Written, error) {
				d.Marker = ""
				return tr.Create(ctx, d)
			}}
		}},
		"finds markers by prefix": {"markers are compared whole", func(tr tracker, m *memory) tracker {
			return &sabotaged{Tracker: tr, find: func(_ context.Context, marker string, _ time.Time) (refs []connectors.Ref, _ error) {
				for _, r := range m.Issues() {
					if i, err := m.Issue(r.Key); err == nil && strings.HasPrefix(i.Marker, marker) {
						refs = append(refs, r)
					}
				}
				return refs, nil
			}}
		}},
		"believes any marker": {"a copied marker counts for nothing", func(tr tracker, m *memory) tracker {
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				i, err := tr.Get(ctx, ref)
				if err == nil {
					truth, _ := m.Issue(i.Ref.Key)
					i.Marker = truth.Marker
				}
				return i, err
			}}
		}},
		"believes any marker of a comment": {"a copied marker of a comment counts for nothing", func(tr tracker, m *memory) tracker {
			return &sabotaged{Tracker: tr, comments: func(_ context.Context, ref connectors.Ref, _ string) iter.Seq2[connectors.CommentPage, error] {
				return func(yield func(connectors.CommentPage, error) bool) {
					truth, err := m.Issue(ref.Key)
					if err != nil {
						yield(connectors.CommentPage{}, err)
						return
					}
					yield(connectors.CommentPage{Comments: truth.Comments}, nil)
				}
			}}
		}},
		"pages by offset (edit)":   {"changed: an early issue changes meanwhile", func(tr tracker, m *memory) tracker { return &sabotaged{Tracker: tr, changed: byOffset(m)} }},
		"pages by offset (delete)": {"changed: an early issue vanishes meanwhile", func(tr tracker, m *memory) tracker { return &sabotaged{Tracker: tr, changed: byOffset(m)} }},
		"excludes since": {"changed: since is inclusive", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, changed: func(ctx context.Context, since time.Time) iter.Seq2[connectors.Page, error] {
				return tr.Changed(ctx, since.Add(1))
			}}
		}},
		"yields nothing for nothing": {"changed: nothing", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, changed: func(context.Context, time.Time) iter.Seq2[connectors.Page, error] {
				return func(func(connectors.Page, error) bool) {}
			}}
		}},
		"reads one page": {"changed: all, in order", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, changed: func(ctx context.Context, since time.Time) iter.Seq2[connectors.Page, error] {
				return func(yield func(connectors.Page, error) bool) {
					for p, err := range tr.Changed(ctx, since) {
						yield(p, err)
						return
					}
				}
			}}
		}},
		"takes a failed page for the end": {"changed: a page fails", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, changed: func(ctx context.Context, since time.Time) iter.Seq2[connectors.Page, error] {
				return func(yield func(connectors.Page, error) bool) {
					for p, err := range tr.Changed(ctx, since) {
						if err != nil || !yield(p, nil) {
							return
						}
					}
				}
			}}
		}},
		"takes a failed request for missing issues": {"present: a later part fails", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, present: func(ctx context.Context, refs []connectors.Ref) (map[string]connectors.Presence, error) {
				out := map[string]connectors.Presence{}
				for part := range slices.Chunk(refs, 100) {
					got, _ := tr.Present(ctx, part)
					maps.Copy(out, got)
				}
				return out, nil
			}}
		}},
		"asks a listing what is present": {"present", func(tr tracker, _ *memory) tracker {
			lagging := map[string]connectors.Presence{}
			return &sabotaged{Tracker: tr, present: func(ctx context.Context, refs []connectors.Ref) (map[string]connectors.Presence, error) {
				got, err := tr.Present(ctx, refs)
				for id, at := range got {
					if lagging[id].Updated.IsZero() {
						lagging[id] = at
					}
					got[id] = lagging[id]
				}
				return got, err
			}}
		}},
		"sends back what it read": {"update overwrites no later edit of another field", func(tr tracker, _ *memory) tracker {
			seen := map[string]*connectors.Issue{}
			return &sabotaged{
				Tracker: tr,
				get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
					i, err := tr.Get(ctx, ref)
					if seen[ref.ID] == nil {
						seen[ref.ID] = i
					}
					return i, err
				},
				update: func(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
					if i := seen[ref.ID]; i != nil {
						p.Set[connectors.Body] = i.Fields[connectors.Body]
					}
					return tr.Update(ctx, ref, p)
				},
			}
		}},
		"replaces the labels": {"labels", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, update: func(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
				if len(p.AddLabels) > 0 {
					p.Set = map[connectors.Field]connectors.Value{connectors.Labels: {Items: p.AddLabels}}
				}
				return tr.Update(ctx, ref, p)
			}}
		}},
		"assigns the first of several": {"several assignees", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, update: func(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
				if v, ok := p.Set[connectors.Assignee]; ok && len(v.Items) > 0 {
					p.Set[connectors.Assignee] = connectors.Value{Text: v.Items[0]}
				}
				return tr.Update(ctx, ref, p)
			}}
		}},
		"assigns without looking": {"several assignees", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, update: func(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
				p.IfVersion = ""
				return tr.Update(ctx, ref, p)
			}}
		}},
		"cannot clear": {"clear a field", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, update: func(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
				for f, v := range p.Set {
					if v.Text == "" {
						delete(p.Set, f)
					}
				}
				return tr.Update(ctx, ref, p)
			}}
		}},
		"drops the reason": {"status", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, update: func(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
				if p.Status != nil {
					p.Status = &connectors.Target{Name: p.Status.Name}
				}
				return tr.Update(ctx, ref, p)
			}}
		}},
		"names no field": {"a refused value is named: create", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, create: func(ctx context.Context, d connectors.Draft) (connectors.Written, error) {
				w, err := tr.Create(ctx, d)
				if e, ok := errors.AsType[*connectors.Error](err); ok {
					e.Fields = nil
				}
				return w, err
			}}
		}},
		"names a field for everything": {"a refusal that is about no field", func(tr tracker, _ *memory) tracker {
			return alteredUpdate(tr, func(e *connectors.Error) { e.Fields = map[connectors.Field]string{connectors.Title: e.Detail} })
		}},
		"names another field": {"a refused value is named: update", func(tr tracker, _ *memory) tracker {
			return alteredUpdate(tr, func(e *connectors.Error) { e.Fields = map[connectors.Field]string{connectors.Body: e.Detail} })
		}},
		"names all fields of a draft": {"refused values are found one by one", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, create: func(ctx context.Context, d connectors.Draft) (connectors.Written, error) {
				w, err := tr.Create(ctx, d)
				if e, ok := errors.AsType[*connectors.Error](err); ok {
					for f := range d.Fields {
						e.Fields[f] = e.Detail
					}
				}
				return w, err
			}}
		}},
		"names no way": {"unreachable status", func(tr tracker, _ *memory) tracker {
			return alteredUpdate(tr, func(e *connectors.Error) { e.Detail = "no" })
		}},
		"takes a lost write for one that never left": {"update whose reply is lost", func(tr tracker, _ *memory) tracker {
			return alteredUpdate(tr, func(e *connectors.Error) { e.Kind = connectors.Unavailable })
		}},
		"takes a conflict for a refusal": {"verdict on every status: update", func(tr tracker, _ *memory) tracker {
			return alteredUpdate(tr, func(e *connectors.Error) {
				if e.Kind == connectors.Conflict {
					e.Kind = connectors.Rejected
				}
			})
		}},
		"takes a refused credential for a missing right": {"verdict on every status: read", func(tr tracker, _ *memory) tracker {
			return altered(tr, func(e *connectors.Error) {
				if e.Status == http.StatusUnauthorized {
					e.Kind = connectors.Denied
				}
			})
		}},
		"does not say until when": {"rate limits", func(tr tracker, _ *memory) tracker {
			return altered(tr, func(e *connectors.Error) { e.Until = time.Time{} })
		}},
		"comes back after seconds": {"rate limits", func(tr tracker, _ *memory) tracker {
			return altered(tr, func(e *connectors.Error) { e.Until = time.Now().Add(10 * time.Second) })
		}},
		"remembers a limit": {"rate limits", func(tr tracker, _ *memory) tracker {
			var limit error
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				if limit != nil {
					return nil, limit
				}
				i, err := tr.Get(ctx, ref)
				if errors.Is(err, connectors.Limited) {
					limit = err
				}
				return i, err
			}}
		}},
		"shows the query": {"verdict on every status: read", func(tr tracker, _ *memory) tracker {
			return altered(tr, func(e *connectors.Error) { e.Err = errors.New(`Get "https://jira.example/search?jql=project": EOF`) })
		}},
		"shows the secret": {"get of a missing issue", func(tr tracker, _ *memory) tracker {
			return altered(tr, func(e *connectors.Error) { e.Err = fmt.Errorf("refused with %s", hookSecret) })
		}},
		"asks for an id": {"get", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				if ref.ID == "" {
					return nil, &connectors.Error{Op: "get", Ref: ref, Kind: connectors.NotFound}
				}
				return tr.Get(ctx, ref)
			}}
		}},
		"repeats what the server says": {"verdict of every operation", func(tr tracker, _ *memory) tracker {
			return altered(tr, func(e *connectors.Error) { e.Detail += " " + hookSecret })
		}},
		"answers beside an error": {"get of a missing issue", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				_, err := tr.Get(ctx, ref)
				return &connectors.Issue{Ref: ref}, err
			}}
		}},
		"reads an index": {"get", func(tr tracker, _ *memory) tracker {
			seen := map[string]*connectors.Issue{}
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				if i := seen[ref.ID]; i != nil {
					return i, nil
				}
				i, err := tr.Get(ctx, ref)
				seen[ref.ID] = i
				return i, err
			}}
		}},
		"shows an absent field as empty": {"absent is not empty", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				i, err := tr.Get(ctx, ref)
				if err == nil {
					i.Fields[connectors.Custom("Nowhere")] = connectors.Value{}
				}
				return i, err
			}}
		}},
		"forgets the ids of statuses": {"changelog", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				i, err := tr.Get(ctx, ref)
				if err == nil {
					for n := range i.Changes {
						i.Changes[n].FromID, i.Changes[n].ToID = "", ""
					}
				}
				return i, err
			}}
		}},
		"takes the unreadable for absent": {"unreadable is neither empty nor absent", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				i, err := tr.Get(ctx, ref)
				if err == nil {
					i.Unreadable = nil
				}
				return i, err
			}}
		}},
		"takes the unreadable for empty": {"unreadable is neither empty nor absent", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				i, err := tr.Get(ctx, ref)
				if err == nil {
					i.Fields[connectors.Custom("Sprint")] = connectors.Value{}
				}
				return i, err
			}}
		}},
		"makes up versions": {"version", func(tr tracker, _ *memory) tracker {
			n := 0
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				i, err := tr.Get(ctx, ref)
				if n++; err == nil {
					i.Version = fmt.Sprint(n)
				}
				return i, err
			}}
		}},
		"believes any installation": {"a copied installation counts for nothing", func(tr tracker, m *memory) tracker {
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				i, err := tr.Get(ctx, ref)
				if err == nil {
					truth, _ := m.Issue(i.Ref.Key)
					i.Installation = truth.Installation
				}
				return i, err
			}}
		}},
		"takes every issue for its own": {"the installation of an issue", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, get: func(ctx context.Context, ref connectors.Ref) (*connectors.Issue, error) {
				i, err := tr.Get(ctx, ref)
				if err == nil && i.Marker != "" {
					i.Installation = connectortest.Installation
				}
				return i, err
			}}
		}},
		"keeps the installation of a comment": {"the installation of a comment", func(tr tracker, m *memory) tracker {
			return &sabotaged{Tracker: tr, edit: m.Beside("otherinstall").EditComment}
		}},
		"wants an installation beside a marker": {"marks without an installation", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, comments: func(ctx context.Context, ref connectors.Ref, from string) iter.Seq2[connectors.CommentPage, error] {
				return changedPages(tr.Comments(ctx, ref, from), func(p *connectors.CommentPage) {
					for n := range p.Comments {
						if p.Comments[n].Installation == "" {
							p.Comments[n].Marker = ""
						}
					}
				})
			}}
		}},
		"shows its marker": {"comments", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, comments: func(ctx context.Context, ref connectors.Ref, from string) iter.Seq2[connectors.CommentPage, error] {
				return changedPages(tr.Comments(ctx, ref, from), func(p *connectors.CommentPage) {
					for n := range p.Comments {
						if p.Comments[n].Marker != "" {
							p.Comments[n].Body += "\n\n<!-- " + p.Comments[n].Marker + " -->"
						}
					}
				})
			}}
		}},
		"forgets a comment where it goes on": {"comments go on where they were left", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, comments: func(ctx context.Context, ref connectors.Ref, from string) iter.Seq2[connectors.CommentPage, error] {
				return changedPages(tr.Comments(ctx, ref, from), func(p *connectors.CommentPage) {
					if from != "" && len(p.Comments) > 0 {
						p.Comments, from = p.Comments[1:], ""
					}
				})
			}}
		}},
		"begins anew where it should go on": {"comments go on where they were left", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, comments: func(ctx context.Context, ref connectors.Ref, _ string) iter.Seq2[connectors.CommentPage, error] {
				return tr.Comments(ctx, ref, "")
			}}
		}},
		"edits by posting anew": {"comment is edited in place", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, edit: func(ctx context.Context, ref connectors.Ref, _, body, marker string) (connectors.Written, error) {
				return tr.PostComment(ctx, ref, body, marker)
			}}
		}},
		"ignores cancellation": {"cancelled before", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, update: func(ctx context.Context, ref connectors.Ref, p connectors.Patch) (connectors.Written, error) {
				return tr.Update(context.WithoutCancel(ctx), ref, p)
			}}
		}},
		"selects nothing alone": {"selected", func(tr tracker, _ *memory) tracker {
			return &sabotaged{Tracker: tr, selected: func(context.Context, connectors.Ref) (*connectors.Issue, error) { return nil, nil }}
		}},
		"reads before it looks for a signature": {"webhook", func(tr tracker, _ *memory) tracker {
			hook, _ := tr.(connectors.Webhook)
			return greedy{tr, hook}
		}},
		"believes any signature": {"webhook", func(tr tracker, _ *memory) tracker {
			hook, _ := tr.(connectors.Webhook)
			return credulous{tr, hook}
		}},
	}
}

// TestSabotaged is the child of TestTheSuiteFindsMistakes, and nothing by itself.
func TestSabotaged(t *testing.T) {
	m, ok := mistakes()[os.Getenv("CONFORMD_SABOTAGE")]
	if !ok {
		return
	}
	connectortest.Run(t, func(*testing.T) connectortest.Harness {
		mem := newMemory(connectortest.MemoryOptions{PageSize: 5, Installation: connectortest.Installation, Secret: hookSecret})
		f := facts()
		for _, feature := range []connectortest.Feature{connectortest.FeatureBulk, connectortest.FeatureCommentFeed, connectortest.FeatureReactions} {
			f.Lacks[feature] = "opened without"
		}
		return connectortest.Harness{Tracker: m.make(mem.Tracker(), mem), As: as(mem), World: memoryWorld{m: mem}, Facts: f}
	})
}

// A suite that passes everything proves nothing: for each mistake a connector
// could make, the case that is there for it must fail. Failing cases need a
// process of their own.
func TestTheSuiteFindsMistakes(t *testing.T) {
	for name, m := range mistakes() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pattern := "^TestSabotaged$/^" + regexp.QuoteMeta(strings.ReplaceAll(m.found, " ", "_")) + "$"
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run="+pattern)
			cmd.Env = append(os.Environ(), "CONFORMD_SABOTAGE="+name)
			out, err := cmd.CombinedOutput()
			if _, failed := errors.AsType[*exec.ExitError](err); !failed || !strings.Contains(string(out), "--- FAIL: TestSabotaged/") {
				t.Errorf("case %q with a tracker that %s: %v, want it to fail:\n%s", m.found, name, err, out)
			}
			if strings.Contains(string(out), "panic:") {
				t.Errorf("case %q panics instead of failing:\n%s", m.found, out)
			}
		})
	}
}
