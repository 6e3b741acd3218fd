package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/go-viper/mapstructure/v2"
	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"

	"github.com/conformd/conformd/internal/regular"
)

// maxFile is how long a configuration file may be, in bytes. The largest
// sensible one, with a hundred bindings, is a tenth of it.
const maxFile = 4 << 20

// Load reads the configuration file at path, overridden by the environment that
// env looks up (os.LookupEnv), and the secrets it refers to. The error is of
// type Errors and holds every mistake.
func Load(path string, env func(string) (string, bool)) (*Config, error) {
	return load(path, env, reading{secrets: true})
}

// LoadOffline is Load for commands that never speak to a tracker: it does not
// read the secrets, so that an auditor or a build can check a file without them.
func LoadOffline(path string, env func(string) (string, bool)) (*Config, error) {
	return load(path, env, reading{})
}

// LoadToLookUp is Load for looking up accounts: it accepts accounts of people with a role
// that have a login and no id. The configuration must not be used for anything else.
func LoadToLookUp(path string, env func(string) (string, bool)) (*Config, error) {
	return load(path, env, reading{secrets: true, loginsAlone: true})
}

// A reading says whether secrets are read and accounts without an id are accepted.
type reading struct{ secrets, loginsAlone bool }

// Parse is LoadOffline for a configuration that lies in memory; file is its name in errors,
// and relative paths start at its folder.
func Parse(file string, data []byte, env func(string) (string, bool)) (*Config, error) {
	return parse(file, data, env, reading{})
}

func load(path string, env func(string) (string, bool), r reading) (*Config, error) {
	data, err := Read(path)
	if err != nil {
		return nil, err
	}
	return parse(path, data, env, r)
}

// Read returns what the configuration file at path holds. The error is of type Errors.
func Read(path string) ([]byte, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, Errors{{
			Code: CodeUnreadable, File: path, What: err.Error(),
			Remedy: "name the file with --config or CONFORMD_CONFIG; configs/conformd.example.yaml is one to copy",
		}}
	}
	return data, nil
}

// readFile returns what the file at path holds, up to maxFile bytes. The error
// does not repeat the path.
func readFile(path string) ([]byte, error) {
	data, err := regular.Read(path, maxFile)
	if bad, ok := errors.AsType[*regular.Error](err); ok {
		return nil, errors.New("it " + bad.What)
	}
	if err != nil {
		return nil, plain(err)
	}
	return data, nil
}

// plain returns the cause of a file error without its path.
func plain(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}

// parse reads a configuration that lies in memory; file is its name in errors.
func parse(file string, data []byte, env func(string) (string, bool), r reading) (*Config, error) {
	root, err := document(file, data)
	if err != nil {
		return nil, err
	}
	if old := oldShape(file, root); old != nil {
		return nil, old
	}
	src := newSource(file)
	src.object(root, typeOf[Config](), "")

	v := viper.New()
	v.SetConfigType("yaml")
	defaults(v)
	clean, err := yaml.Marshal(root)
	if err != nil {
		return nil, Errors{{Code: CodeSyntax, File: file, What: err.Error()}}
	}
	if err := v.ReadConfig(bytes.NewReader(clean)); err != nil {
		return nil, Errors{{Code: CodeSyntax, File: file, What: err.Error()}}
	}
	src.overrides(v, env)

	c := &Config{source: src}
	if err := v.Unmarshal(c, func(dc *mapstructure.DecoderConfig) { dc.TagName = "json" }); err != nil {
		return nil, Errors{{Code: CodeType, File: file, What: err.Error()}}
	}
	c.fill()
	c.assemble()
	c.check()
	if r.loginsAlone {
		src.errs = slices.DeleteFunc(src.errs, func(e Error) bool { return e.Code == CodeLoginAlone })
	}
	c.anchor(filepath.Dir(file))
	if r.secrets {
		c.resolve(env)
		c.checkTokens()
	}
	c.readCalendar()
	c.readLanguages()
	c.settle()
	if len(src.errs) > 0 {
		src.errs.sort()
		return nil, slices.Clone(src.errs)
	}
	return c, nil
}

// anchor makes relative paths start at the folder of the file. A path from the environment
// starts at the working directory, as people expect of a shell.
func (c *Config) anchor(dir string) {
	under := func(p string) string {
		if p == "" || filepath.IsAbs(p) {
			return p
		}
		return filepath.Join(dir, p)
	}
	if c.source.position("data_dir").variable == "" {
		c.DataDir = under(c.DataDir)
	}
	if c.source.position("register.calendar").variable == "" {
		c.Register.Calendar = under(c.Register.Calendar)
	}
	for i := range c.Measurements {
		f := &c.Measurements[i].File
		f.Path = under(f.Path)
	}
	for i, file := range c.Languages {
		c.Languages[i] = under(file)
	}
	for _, s := range c.secrets() {
		s.secret.File = under(s.secret.File)
	}
}

// Mistake returns an Error about a key of a valid configuration, with the line of the key.
// Other packages use it for mistakes that only they can find. Keys are written like
// "bindings[0].fields[2].from"; a key that is not in the file gets the line of its nearest
// parent.
func (c *Config) Mistake(code Code, key, what, remedy string) Error {
	p := c.source.position(key)
	return Error{Code: code, File: p.file, Line: p.line, Column: p.column, Key: p.name(key), What: what, Remedy: remedy}
}

// Key returns the key of the place i of a list, "bindings[1]".
func Key(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }
