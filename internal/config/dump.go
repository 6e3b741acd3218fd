package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// Redacted returns the configuration in force as YAML, with defaults and overrides filled in.
// A secret appears as the place where it is kept. Loading the result gives the same
// configuration.
func (c *Config) Redacted() ([]byte, error) {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(tree(reflect.ValueOf(c).Elem())); err != nil {
		return nil, fmt.Errorf("config: print: %w", err)
	}
	if err := enc.Close(); err != nil {
		return nil, fmt.Errorf("config: print: %w", err)
	}
	return b.Bytes(), nil
}

// Digest identifies the configuration in force, "sha256:" and 64 hexadecimal
// digits, for the log and the audit log. Secrets are no part of it, so that
// replacing one is not a change of the configuration and the digest cannot be
// used to guess one.
func (c *Config) Digest() string {
	h := sha256.New()
	var hash func(n *yaml.Node)
	hash = func(n *yaml.Node) {
		_, _ = fmt.Fprintf(h, "%d %q %d\n", n.Kind, n.Value, len(n.Content)) // a hash never fails
		for _, c := range n.Content {
			hash(c)
		}
	}
	hash(tree(reflect.ValueOf(c).Elem()))
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// PlanDigest is Digest without the keys that change no plan: where conformd runs, how it
// signs in and how fast it asks. Two configurations with the same PlanDigest make the same
// plan for each record. A key that is not listed here is part of the digest.
func (c *Config) PlanDigest() string {
	p := *c
	p.DataDir, p.Log, p.Audit = "", Log{}, Audit{}
	p.Listen, p.Open, p.SignIn, p.Hosts, p.Webhooks = "", false, SignIn{}, nil, Webhooks{}
	p.Measurements, p.MeasurementTokens = nil, nil
	p.Sync.PollEvery, p.Sync.SweepEvery, p.Sync.Keep, p.Sync.Workers = 0, 0, 0, 0
	p.People = slices.Clone(c.People)
	for i := range p.People {
		p.People[i].OSUser, p.People[i].SignIn = "", PersonSignIn{}
	}
	p.Trackers = slices.Clone(c.Trackers)
	for i := range p.Trackers {
		s := &p.Trackers[i]
		s.Auth, s.Webhook, s.Limits = Auth{}, Webhook{}, Limits{}
	}
	return p.Digest()
}

// tree returns v as YAML, in the order of the struct fields.
func tree(v reflect.Value) *yaml.Node {
	switch {
	case v.Type() == typeOf[time.Duration]():
		return plainNode("!!str", short(time.Duration(v.Int())))
	case v.Kind() == reflect.Struct:
		n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		for _, m := range members(v.Type()) {
			if f := v.Field(m.index); !idle(f) {
				n.Content = append(n.Content, plainNode("!!str", m.name), tree(f))
			}
		}
		return n
	case v.Kind() == reflect.Slice:
		n := &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq"}
		for i := range v.Len() {
			n.Content = append(n.Content, tree(v.Index(i)))
		}
		return n
	case v.Kind() == reflect.Bool:
		return plainNode("!!bool", strconv.FormatBool(v.Bool()))
	case v.Kind() == reflect.String:
		return plainNode("!!str", v.String())
	}
	return plainNode("!!int", strconv.FormatInt(v.Int(), 10))
}

// idle reports whether a value means the same as a missing key. A number or a truth value
// never does, because its default may differ from zero or false.
func idle(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.String:
		return v.Len() == 0
	case reflect.Slice:
		return v.Len() == 0
	case reflect.Struct:
		for _, m := range members(v.Type()) {
			if !idle(v.Field(m.index)) {
				return false
			}
		}
		return true
	}
	return false
}

func plainNode(tag, value string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: tag, Value: value}
}
