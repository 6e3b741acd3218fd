package verifycmd

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/conformd/conformd/audit/verifypage"
)

// writePage writes the page that checks an export in a browser, and prints what an auditor compares. A file that is there
// stays as it is: it may be evidence.
func writePage(path string, p printer) int {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return p.fail(path+" is there already, and stays as it is: give --page another name\n", ExitRead)
	}
	if err != nil {
		return p.fail(err.Error()+"\n", ExitRead)
	}
	made := verifypage.Made()
	_, err = io.WriteString(f, made.Page)
	if err = errors.Join(err, f.Close()); err != nil {
		return p.fail(errors.Join(err, os.Remove(path)).Error()+"\n", ExitRead)
	}
	return p.write(fmt.Sprintf(`%s checks an export in a browser: open it, and pick the folder of the export.
SHA-256 %s
A verify.html from conformd is the same page if it has this SHA-256. If it has another one, its
conformd is of another version or the page was changed: use this one.
`, path, made.SHA256), ExitVerified)
}
