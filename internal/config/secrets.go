package config

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/conformd/conformd/internal/private"
)

// howSecret is the remedy for every fault of a secret.
const howSecret = "write {file: /run/secrets/name} or {env: NAME} and keep the secret there" //nolint:gosec // says where to keep one

// secret checks the value of a key that must refer to a secret. No error repeats
// any part of it.
func (s *source) secret(v *yaml.Node, key string) bool {
	switch v.Kind {
	case yaml.MappingNode:
	case yaml.ScalarNode:
		s.fail(CodeInFile, key, "the secret itself stands in the file", howSecret+"; replace this one, it has been written down")
		return false
	default:
		s.fail(CodeType, key, "a list is not a reference to a secret", howSecret)
		return false
	}
	s.object(v, typeOf[Secret](), key)
	file, env := text(v, "file"), text(v, "env")
	switch {
	case file == "" && env == "":
		s.fail(CodeForm, key, "neither a file nor an environment variable is named", howSecret)
	case file != "" && env != "":
		s.fail(CodeForm, key, "both a file and an environment variable are named", "keep one of them")
	case looksSecret(file):
		s.fail(CodeInFile, join(key, "file"), "the secret itself stands in the file", howSecret+"; replace this one, it has been written down")
	case env != "" && !regexp.MustCompile(`^[A-Z_][A-Z0-9_]*$`).MatchString(env):
		s.fail(CodeForm, join(key, "env"), "this is not the name of an environment variable", "write its name in capitals, digits and underscores, not the secret itself")
	default:
		return true
	}
	s.bad[key] = true
	return false
}

// text returns the text that the mapping n holds under name.
func text(n *yaml.Node, name string) string {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1].Value
		}
	}
	return ""
}

// looksSecret reports whether value has the form of a credential of a tracker or
// of a private key.
func looksSecret(value string) bool {
	for _, p := range []string{
		"ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", // GitHub
		"ATATT", "ATCTT", // Atlassian
		"-----BEGIN", "PRIVATE+KEY+",
	} {
		if strings.HasPrefix(value, p) {
			return true
		}
	}
	return false
}

// A place is a secret and the key that refers to it.
type place struct {
	key    string
	secret *Secret
}

// secrets returns every secret that the configuration names.
func (c *Config) secrets() []place {
	var out []place
	var visit func(v reflect.Value, key string)
	visit = func(v reflect.Value, key string) {
		switch {
		case v.Type() == typeOf[Secret]():
			if s, ok := reflect.TypeAssert[*Secret](v.Addr()); ok && s.Given() {
				out = append(out, place{key, s})
			}
		case v.Kind() == reflect.Struct:
			for _, m := range members(v.Type()) {
				visit(v.Field(m.index), join(key, m.name))
			}
		case v.Kind() == reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i), Key(key, i))
			}
		}
	}
	visit(reflect.ValueOf(c).Elem(), "")
	return out
}

// resolve reads the secrets.
func (c *Config) resolve(env func(string) (string, bool)) {
	for _, p := range c.secrets() {
		value, what, remedy := p.secret.read(env)
		if e, ok := errors.AsType[*private.Error](p.exposed()); ok && what == "" {
			c.source.fail(CodeExposed, p.key, "the secret's file "+e.Error(), e.Remedy)
			continue
		}
		if what != "" {
			c.source.fail(CodeSecret, p.key, what, remedy)
			continue
		}
		p.secret.value = value
	}
}

// exposed returns an error if other users can reach the file of a secret. For the key of the
// audit log the check is stricter.
func (p place) exposed() error {
	switch {
	case p.secret.File == "":
		return nil
	case p.key == "audit.key":
		return private.Key(p.secret.File)
	}
	return private.Secret(p.secret.File)
}

// read returns the secret, or what is wrong and the remedy.
func (s *Secret) read(env func(string) (string, bool)) (value, what, remedy string) {
	if s.Env != "" {
		v, ok := env(s.Env)
		if v = strings.TrimSpace(v); v == "" {
			state := "not set"
			if ok {
				state = "empty"
			}
			return "", fmt.Sprintf("the environment variable %s is %s", s.Env, state), "set it for the user that runs conformd"
		}
		return v, "", ""
	}
	data, err := readFile(s.File)
	if err != nil {
		return "", "the secret's file cannot be read: " + err.Error(), "create it, readable by the user that runs conformd"
	}
	v := strings.TrimSpace(string(data))
	if v == "" {
		return "", "the secret's file is empty", "write the secret into it"
	}
	return v, "", ""
}
