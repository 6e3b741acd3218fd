package store

import (
	"context"
	"encoding/json"
	"time"
)

// A Telling is the newest message in which a person was told of dates of a record.
type Telling struct {
	Record, Person string // ids
	Channel        string // "mail" or "webhook"
	State          MessageState
	At             time.Time
}

// A Commented is an issue on which conformd's comment says what its record needs.
type Commented struct {
	Record, Binding, Key string
}

// Tellings returns how people know what records need: the messages about their dates, the newest of each person first, and the
// issues that carry the comment. Messages that were pruned are not listed.
func (s *Store) Tellings(ctx context.Context, ids []string) (messages []Telling, comments []Commented, err error) {
	list, err := json.Marshal(ids)
	if err != nil {
		return nil, nil, err
	}
	messages, err = collect(ctx, s.ro, func(row scanner) (x Telling, err error) {
		var at int64
		err = row.Scan(&x.Record, &x.Person, &x.Channel, &x.State, &at)
		x.At = fromMillis(at)
		return x, err
	}, `SELECT record_id, person, channel, state, changed FROM (
	SELECT n.record_id, m.person, m.channel, m.state, m.changed, row_number() OVER (PARTITION BY n.record_id, m.person ORDER BY m.changed DESC, m.id DESC) AS nth
	FROM json_each($1) j CROSS JOIN notice n ON n.record_id = j.value JOIN message m ON m.id = n.message) newest
WHERE nth = 1 ORDER BY record_id, changed DESC, person`, string(list))
	if err != nil {
		return nil, nil, err
	}
	comments, err = collect(ctx, s.ro, func(row scanner) (x Commented, err error) {
		err = row.Scan(&x.Record, &x.Binding, &x.Key)
		return x, err
	}, `SELECT l.record_id, l.binding, l.issue_key FROM json_each($1) j CROSS JOIN link l ON l.record_id = j.value
JOIN agreement a ON a.binding = l.binding AND a.issue_id = l.issue_id
WHERE l.state = 'bound' AND coalesce(a.comment ->> '$.id', '') <> '' ORDER BY l.record_id, l.binding, l.issue_key`, string(list))
	return messages, comments, err
}
