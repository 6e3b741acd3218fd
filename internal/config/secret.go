package config

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/conformd/conformd/internal/private"
)

// A Secret is a password, token or key, kept outside the configuration file. Every verb and
// encoding prints the place where it is kept, and never the secret.
type Secret struct {
	File string `json:"file,omitempty" jsonschema_description:"File that holds the secret; spaces and line ends around it are ignored, and a relative path starts at the folder of this file."`
	Env  string `json:"env,omitempty" jsonschema_description:"Environment variable that holds the secret."`

	value string
}

// Reveal returns the secret itself, "" when none is configured or when the
// configuration was read by LoadOffline.
func (s Secret) Reveal() string { return s.value }

// Again reads the secret from its file again. It reports false if the secret is not kept in a
// file, or if Load would refuse the file.
func (s Secret) Again() (string, bool) {
	if s.File == "" || private.Secret(s.File) != nil {
		return "", false
	}
	value, what, _ := s.read(nil)
	return value, what == ""
}

// Given reports whether the configuration names a place for the secret.
func (s Secret) Given() bool { return s.File != "" || s.Env != "" }

// String says where the secret is kept.
func (s Secret) String() string {
	switch {
	case s.File != "":
		return "secret in file " + s.File
	case s.Env != "":
		return "secret in environment variable " + s.Env
	}
	return "no secret"
}

// Format prints String for every verb, so that no verb reaches the secret.
func (s Secret) Format(f fmt.State, _ rune) {
	_, _ = io.WriteString(f, s.String()) // fmt keeps the error of the writer
}

// MarshalJSON writes the reference as it stands in the file.
func (s Secret) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		File string `json:"file,omitempty"`
		Env  string `json:"env,omitempty"`
	}{s.File, s.Env})
}
