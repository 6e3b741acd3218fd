package api

import (
	"context"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/conformd/conformd/audit/auditdb"
	"github.com/conformd/conformd/internal/present"
	"github.com/conformd/conformd/internal/service"
	"github.com/conformd/conformd/internal/store"
)

// A Store is the part of the store that the interface reads directly; it gets records through service.Register.
type Store interface {
	LogSize(ctx context.Context) (int64, error)
	OpenConflicts(ctx context.Context, limit int) ([]store.ConflictRow, int, error)
	QuarantinedPage(ctx context.Context, limit int) ([]store.Quarantined, int, error)
	Reader() *sql.DB
	Write(ctx context.Context, do func(*store.Tx) error) error
}

func (a *API) now() time.Time {
	if a.o.Register.Now != nil {
		return a.o.Register.Now()
	}
	return time.Now()
}

func (a *API) state() {
	add(a, get("/sync", "get-sync", ofState, "Whether trackers and register are in step",
		"Each binding with when it was read and what stands in the way, where writing is stopped and what waits there, and the issues that belong to no record yet."), a.sync)
	add(a, get("/counts", "get-counts", ofState, "How many records are in each part of the register", ""), a.counts)
	add(a, get("/audit/entries", "list-audit-entries", ofState, "Entries of the audit log",
		"Newest first. An entry is the bytes that are hashed, as JSON; leaf_hash is that of RFC 6962."), a.entries)
	add(a, get("/audit/checkpoint", "get-audit-checkpoint", ofState, "The signed checkpoint of the audit log",
		"How long the log is and the hash of its tree, under a signature (C2SP tlog-checkpoint), and the key that checks it."), a.checkpoint)
}

// A Tracker is a binding with how far it was read.
type Tracker struct {
	store.Binding
	Late    string   `json:"late,omitempty" doc:"A sentence if it was not read in time"`
	Problem []string `json:"set_up,omitempty" doc:"What is wrong with its set-up"`
}

// An Aside is an issue that belongs to no record yet.
type Aside struct {
	Binding string `json:"binding"`
	Issue   string `json:"issue"`
	URL     string `json:"url,omitempty"`
	Why     string `json:"why"`
}

// A Sync says whether trackers and register are in step.
type Sync struct {
	Trackers   []Tracker      `json:"trackers" nullable:"false"`
	Stops      []service.Stop `json:"stops" nullable:"false" doc:"Where writing is stopped"`
	Asides     []Aside        `json:"quarantined" nullable:"false" doc:"Issues that belong to no record yet"`
	AsideCount int            `json:"quarantined_count"`
}

func (a *API) sync(ctx context.Context, in *few) (*answer[Sync], error) {
	out := Sync{Trackers: []Tracker{}, Asides: []Aside{}}
	var err error
	if out.Stops, err = a.o.Register.Stops(ctx); err != nil {
		return nil, err
	}
	out.Stops = append([]service.Stop{}, out.Stops...)
	if a.o.Trackers != nil {
		if out.Trackers, err = a.o.Trackers(ctx); err != nil {
			return nil, err
		}
	}
	asides, n, err := a.o.Store.QuarantinedPage(ctx, in.Limit)
	for _, x := range asides {
		out.Asides = append(out.Asides, Aside{x.Binding, x.Issue.Ref.Key, x.Issue.URL, x.Why})
	}
	out.AsideCount = n
	return &answer[Sync]{out}, err
}

func (a *API) counts(ctx context.Context, _ *struct{}) (*answer[present.Counts], error) {
	n, err := a.o.Register.Counts(ctx)
	return &answer[present.Counts]{n}, err
}

// An Entry is an entry of the audit log.
type Entry struct {
	Number int64           `json:"number"`
	Hash   string          `json:"leaf_hash" doc:"SHA-256 of RFC 6962 in hexadecimal digits"`
	Entry  json.RawMessage `json:"entry"`
}

// Entries is a stretch of the audit log.
type Entries struct {
	Size    int64   `json:"log_size"`
	Entries []Entry `json:"entries" nullable:"false"`
	Next    int64   `json:"next_before,omitempty" doc:"The parameter before of the next stretch"`
}

type stretchOfLog struct {
	Before int64 `query:"before" minimum:"0" doc:"next_before of the answer before"`
	Limit  int   `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"How many entries are answered"`
}

func (a *API) entries(ctx context.Context, in *stretchOfLog) (*answer[Entries], error) {
	size, err := a.o.Store.LogSize(ctx)
	if err != nil {
		return nil, err
	}
	to := size
	if in.Before > 0 {
		to = min(in.Before, size)
	}
	from := max(0, to-int64(in.Limit))
	out := Entries{Size: size, Entries: []Entry{}, Next: from}
	for e, err := range auditdb.Read(ctx, a.o.Store.Reader(), from, to) {
		if err != nil {
			return nil, err
		}
		out.Entries = append(out.Entries, Entry{e.Seq, hex.EncodeToString(e.Hash[:]), json.RawMessage(e.Leaf)})
	}
	slices.Reverse(out.Entries)
	return &answer[Entries]{out}, nil
}

// A Checkpoint is how long the audit log is, under a signature.
type Checkpoint struct {
	Size       int64  `json:"log_size"`
	Checkpoint string `json:"checkpoint" doc:"A signed note; empty while the log is"`
	PublicKey  string `json:"public_key" doc:"What checks it; compare it with a key that you got another way"`
}

func (a *API) checkpoint(ctx context.Context, _ *struct{}) (*answer[Checkpoint], error) {
	text, err := auditdb.CurrentCheckpoint(ctx, a.o.Store.Reader())
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return nil, err
	}
	size, err := a.o.Store.LogSize(ctx)
	return &answer[Checkpoint]{Checkpoint{size, string(text), a.o.Public}}, err
}
