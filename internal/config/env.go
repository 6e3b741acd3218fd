package config

import (
	"reflect"
	"strings"
	"time"

	"github.com/spf13/viper"
	"go.yaml.in/yaml/v3"
)

// Prefix begins the name of every environment variable that overrides a key.
const Prefix = "CONFORMD_"

// Variable returns the environment variable that overrides key:
// CONFORMD_SYNC_POLL_EVERY for "sync.poll_every". Keys within lists have none.
func Variable(key string) string {
	return Prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_"))
}

// overrides puts values from the environment over those of the file.
func (s *source) overrides(v *viper.Viper, env func(string) (string, bool)) {
	var visit func(t reflect.Type, key string)
	visit = func(t reflect.Type, key string) {
		for _, m := range members(t) {
			path := join(key, m.name)
			switch m.typ.Kind() {
			case reflect.Struct:
				visit(m.typ, path)
			case reflect.Slice:
			default:
				s.override(v, env, m, path)
			}
		}
	}
	visit(typeOf[Config](), "")
}

func (s *source) override(v *viper.Viper, env func(string) (string, bool), m member, key string) {
	name := Variable(key)
	value, ok := env(name)
	if !ok {
		return
	}
	s.at[key] = position{file: "environment", variable: name}
	delete(s.bad, key)
	n := &yaml.Node{Kind: yaml.ScalarNode, Value: value, Tag: tag(value)}
	if f, ok := scalar(n, m); !ok {
		s.fail(f.code, key, f.what, f.remedy)
		return
	}
	v.Set(key, value)
}

// tag returns the type that YAML would give to a value.
func tag(value string) string {
	n := yaml.Node{Kind: yaml.ScalarNode, Value: value}
	return n.ShortTag()
}

// defaults sets the values that apply when neither the file nor the environment sets a key.
// fill does so for keys within lists.
func defaults(v *viper.Viper) {
	for key, value := range map[string]any{
		"edition":                        "iso27001-2022",
		"language":                       "en",
		"data_dir":                       "data",
		"listen":                         "127.0.0.1:8484",
		"webhooks.listen":                "127.0.0.1:8485",
		"webhooks.max_body":              2 << 20,
		"log.level":                      "info",
		"log.format":                     "json",
		"audit.origin":                   "conformd",
		"register.prefix":                "NC",
		"register.waiting_days.major":    30,
		"register.waiting_days.minor":    60,
		"register.waiting_days.ofi":      90,
		"register.acceptance.major_days": 90,
		"register.acceptance.minor_days": 365,
		"sync.poll_every":                time.Minute,
		"sync.keep":                      90 * 24 * time.Hour,
		"sync.sweep_every":               24 * time.Hour,
		"sync.workers":                   8,
		"sync.brake.max_changes_percent": 50,
		"sync.brake.max_missing_percent": 20,
		"sync.brake.floor":               5,
		"sync.brake.window":              10 * time.Minute,
		"sync.brake.max_emptied":         5,
		"sync.brake.max_replaced":        100,
		"sync.brake.max_creates":         500,
		"sync.brake.max_comments":        100,
		"sign_in.idle":                   30 * time.Minute,
		"sign_in.lifetime":               12 * time.Hour,
		"sign_in.oidc.groups_claim":      "groups",
		"notices.from":                   "08:00",
		"notices.until":                  "18:00",
		"notices.timezone":               "UTC",
		"notices.mail.tls":               "starttls",
		"notices.webhook.form":           "text",
		"sync.max_reverts_per_day":       3,
		"sync.grace":                     30 * time.Minute,
	} {
		v.SetDefault(key, value)
	}
}

// fill sets the defaults of keys within lists.
func (c *Config) fill() {
	for i := range c.Register.Guards {
		g := &c.Register.Guards[i]
		g.Enabled = g.Enabled || !c.source.written(Key("register.guards", i)+".enabled")
	}
	if !c.source.written("register.times") {
		c.Register.Times = c.defaultTimes()
	}
	if !c.source.written("register.rigour") {
		c.Register.Rigour = defaultRigour()
	}
	for i := range c.Trackers {
		l := &c.Trackers[i].Limits
		otherwise(&l.PerMinute, 60)
		otherwise(&l.PerHour, 500)
		otherwise(&l.Concurrency, 4)
	}
	for i := range c.Mappings {
		fillFields(c.Mappings[i].Fields)
	}
	for i := range c.Entries {
		e := &c.Entries[i]
		e.Commands = e.Commands || !c.source.written(Key("bindings", i)+".commands")
		otherwise(&e.Role, "record")
		otherwise(&e.Enforcement, "remind")
		fillFields(e.Fields)
	}
}

func fillFields(fields []Field) {
	for i := range fields {
		otherwise(&fields[i].Authority, "tracker")
		otherwise(&fields[i].Conflict, "ask")
	}
}

// otherwise sets *p to value if it has none.
func otherwise[T comparable](p *T, value T) {
	var none T
	if *p == none {
		*p = value
	}
}
