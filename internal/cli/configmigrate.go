package cli

import (
	"cmp"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/conformd/conformd/internal/config"
	"github.com/conformd/conformd/internal/present"
)

func (s *session) migrateConfigCommand() *cobra.Command {
	var in, out string
	c := &cobra.Command{
		Use: "migrate", Short: "Convert a configuration of an earlier version to the present shape", Args: noArgs,
		Long: `Converts a configuration in which each binding held its address and credential to the
present shape: trackers, mappings and bindings. Comments are kept; empty lines are not.
The ids of bindings stay, because the register and the audit log hold them. The file
that is read is never changed, and no file is written over.`,
		Example: "  conformd config migrate --in conformd.yaml --out conformd.new.yaml\n  conformd config migrate -c conformd.yaml      prints the result",
		RunE: func(*cobra.Command, []string) error {
			if in == "" {
				in = s.path()
			}
			return s.migrateConfig(in, out)
		},
	}
	c.Flags().StringVar(&in, "in", "", "file to convert; the configuration when left out")
	c.Flags().StringVar(&out, "out", "", "new file for the result; standard output when left out")
	return c
}

func (s *session) migrateConfig(in, out string) error {
	var es config.Errors
	data, err := config.Read(in)
	if errors.As(err, &es) {
		return invalid(es)
	}
	text, notes, err := config.Migrate(in, data)
	switch {
	case errors.Is(err, config.ErrPresentShape):
		return &fault{Code: "CLI-070", Exit: ExitUsage, What: in + " has the present shape already", Remedy: "conformd config validate -c " + in, Err: err}
	case errors.As(err, &es):
		return invalid(es)
	case err != nil:
		return err
	}
	if out == "" {
		if err := s.print("%s", text); err != nil {
			return err
		}
	} else if err := newFile(out, text); err != nil {
		return err
	}
	for _, n := range notes {
		s.say("%s %s", s.style.yellow("!"), n)
	}
	// What the file says is judged under its own name, so that its lines can be found.
	_, err = config.Parse(cmp.Or(out, in), text, s.lookup)
	if errors.As(err, &es) {
		s.say("%s the result has %s, most of which the file had before:", s.style.yellow("!"), present.Count(len(es), "mistake", "mistakes"))
		for _, e := range es {
			s.say("  %s", e.Error())
		}
	}
	if out != "" {
		s.say("%s written; read it, then put it in the place of %s", out, in)
		s.next("conformd config validate -c %s", out)
	}
	return nil
}

// newFile writes a file that is not there yet, readable by its owner alone.
func newFile(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &fault{Code: "CLI-071", Exit: ExitUsage, What: path + " is there already, and is not written over", Remedy: "give --out the name of a new file", Err: err}
	}
	if err != nil {
		return &fault{Code: "CLI-071", Exit: ExitFailed, What: "cannot write " + path + ": " + cause(err), Remedy: "give --out another name", Err: err}
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// cause returns what a file system says, without the name of the file.
func cause(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err.Error()
	}
	return err.Error()
}
