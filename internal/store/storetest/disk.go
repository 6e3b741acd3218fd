package storetest

import (
	"database/sql"
	"strings"

	"github.com/conformd/conformd/internal/disktest"
	"github.com/conformd/conformd/internal/store"
)

// OnDisk is the way to a database on a disk that fails on command, with the same
// settings as on a real one. The pairs of words in other change a setting, such as
// "synchronous(FULL)" and "synchronous(NORMAL)".
func OnDisk(d *disktest.Disk, other ...string) store.Driver {
	change := strings.NewReplacer(other...)
	return store.Driver{
		Open: func(path, settings string, _ int) (*sql.DB, error) { return d.Open(path, change.Replace(settings)) },
		Full: disktest.Refused, Alone: true,
	}
}
