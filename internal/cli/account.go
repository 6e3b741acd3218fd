package cli

import (
	"errors"
	"os"
	"os/user"
	"strconv"

	"github.com/conformd/conformd/internal/app"
)

// account returns the account of the operating system that this process runs as. Where a
// program without cgo finds no entry for it in /etc/passwd, os/user takes the name from
// $USER, and anybody can write that: then the account is known by its number alone.
func account() (app.Account, error) {
	if was, ok := os.LookupEnv("USER"); ok {
		defer func() { _ = os.Setenv("USER", was) }() // it was set before, so it can be set
		if err := os.Unsetenv("USER"); err != nil {
			return app.Account{}, err
		}
	}
	if u, err := user.Current(); err == nil {
		return app.Account{Name: u.Username, ID: u.Uid}, nil
	}
	return numbered(os.Getuid())
}

// numbered is an account without a name. On Windows every account has one, and uid is -1.
func numbered(uid int) (app.Account, error) {
	if uid < 0 {
		return app.Account{}, errNoAccount
	}
	return app.Account{ID: strconv.Itoa(uid)}, nil
}

var errNoAccount = errors.New("the operating system does not say which account this is")
