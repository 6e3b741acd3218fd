package queue

import (
	"context"
	"database/sql"

	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riversqlite"
)

// A driver is River's driver for SQLite with another listener. River's own asks the database
// twenty times a second for notifications, also when there are none. A data directory has one
// daemon, so its own writes ring a bell, and the listener asks when it rings.
type driver struct {
	*riversqlite.Driver
	db   *sql.DB
	bell chan struct{}
}

func newDriver(db *sql.DB) *driver {
	return &driver{Driver: riversqlite.New(db), db: db, bell: make(chan struct{}, 1)}
}

// ring wakes the listener. It may be called before the commit: the listener reads over the one
// connection that writes, so its query waits until the transaction has ended.
func (d *driver) ring() {
	select {
	case d.bell <- struct{}{}:
	default:
	}
}

// GetListener implements riverdriver.Driver.
func (d *driver) GetListener(*riverdriver.GetListenenerParams) riverdriver.Listener {
	return &listener{db: d.db, bell: d.bell}
}

// GetExecutor implements riverdriver.Driver.
func (d *driver) GetExecutor() riverdriver.Executor {
	return executor{d.Driver.GetExecutor(), d}
}

// UnwrapExecutor implements riverdriver.Driver.
func (d *driver) UnwrapExecutor(tx *sql.Tx) riverdriver.ExecutorTx {
	return executorTx{d.Driver.UnwrapExecutor(tx), d}
}

// UnwrapTx implements riverdriver.Driver.
func (d *driver) UnwrapTx(tx riverdriver.ExecutorTx) *sql.Tx {
	if t, ok := tx.(executorTx); ok {
		tx = t.ExecutorTx
	}
	return d.Driver.UnwrapTx(tx)
}

// An executor rings the bell for the notifications that it writes.
type executor struct {
	riverdriver.Executor
	driver *driver
}

// Begin implements riverdriver.Executor.
func (e executor) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	return e.driver.begin(ctx, e.Executor)
}

// NotifyMany implements riverdriver.Executor.
func (e executor) NotifyMany(ctx context.Context, params *riverdriver.NotifyManyParams) error {
	defer e.driver.ring()
	return e.Executor.NotifyMany(ctx, params)
}

// JobGetAvailable implements riverdriver.Executor. Each queue asks once a second, and River's
// statement costs much also when there is no job. So a small one looks first.
func (e executor) JobGetAvailable(ctx context.Context, params *riverdriver.JobGetAvailableParams) (*riverdriver.JobGetAvailableResult, error) {
	var some bool
	err := e.driver.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM river_job WHERE state = 'available' AND queue = $1)", params.Queue).Scan(&some)
	if err != nil {
		return nil, err
	}
	if !some {
		return &riverdriver.JobGetAvailableResult{}, nil
	}
	return e.Executor.JobGetAvailable(ctx, params)
}

// An executorTx is an executor within a transaction.
type executorTx struct {
	riverdriver.ExecutorTx
	driver *driver
}

// Begin implements riverdriver.Executor.
func (e executorTx) Begin(ctx context.Context) (riverdriver.ExecutorTx, error) {
	return e.driver.begin(ctx, e.ExecutorTx)
}

// NotifyMany implements riverdriver.Executor.
func (e executorTx) NotifyMany(ctx context.Context, params *riverdriver.NotifyManyParams) error {
	defer e.driver.ring()
	return e.ExecutorTx.NotifyMany(ctx, params)
}

func (d *driver) begin(ctx context.Context, e riverdriver.Executor) (riverdriver.ExecutorTx, error) {
	tx, err := e.Begin(ctx)
	if err != nil {
		return nil, err
	}
	return executorTx{tx, d}, nil
}
