# Everything a developer does, one word each, and the same words in CI.

GO      ?= go
LINT     = $(GO) tool -modfile=go.tool.mod golangci-lint
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
IMAGE   ?= conformd:$(VERSION)
BUILD    = $(GO) build -ldflags '-s -w -X main.version=$(VERSION)'

# The programs are released without cgo and without paths. Tests and tools are compiled with the same
# flags, since Go compiles each package once more for every other set of flags.
export CGO_ENABLED := 0
export GOFLAGS := $(GOFLAGS) $(if $(filter -trimpath,$(GOFLAGS)),,-trimpath)

# Packages in which goroutines meet, by what their files say; they are tested with the race detector
# too. The planner, the mapping and other pure packages have nothing to race for, and the detector makes
# their properties ten times as slow; internal/bench measures, and internal/cli plays scripts with programs
# whose goroutines are those of the other packages.
RACE = $(shell grep -rlE --include='*.go' --exclude='*_test.go' '^[[:space:]]*go (func|[a-z])|errgroup|"sync"$$|"sync/atomic"' audit sync internal connectors | \
	xargs -n1 dirname | sort -u | grep -vxE 'internal/(bench|cli)' | sed 's,^,./,')

.DEFAULT_GOAL := help
.PHONY: help run build test short race simulate dst blackbox browser drawn defects lint security fmt bench bench-scale generate verify fuzz image clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: ## the demo: simulated Jira and GitHub, seeded, with the register; no credentials
	$(GO) run ./cmd/conformd demo

build: ## both programs, static, into bin/
	$(BUILD) -o bin/conformd ./cmd/conformd
	$(BUILD) -o bin/conform-verify ./cmd/conform-verify

# What go vet ./... has judged, go test -vet=off need not judge again. Simulate plays TestThreeWayMerge and
# TestSeeds on the same first cases and more of them.
test: ## everything, with a browser installed where it is missing: vet, all tests, simulations, and the concurrent packages under the race detector
	scripts/chromium.sh
	$(GO) vet ./...
	$(GO) test -vet=off -timeout=25m -skip '^(TestThreeWayMerge|TestSeeds)$$' ./...
	@$(MAKE) --no-print-directory simulate SEEDS=200 CASES=1000000
	@$(MAKE) --no-print-directory race

short: ## the quick tests, for every save
	$(GO) test -short ./...

race: ## the quick tests of the concurrent packages under the race detector, where the machine has one
	@if command -v "$$($(GO) env CC)" >/dev/null; then \
		echo "$(GO) test -race -vet=off -short -timeout=25m $(RACE)"; \
		CGO_ENABLED=1 $(GO) test -race -vet=off -short -timeout=25m $(RACE); \
	else \
		case " $${CONFORMD_LANES_LEFT_OUT-race} " in \
		*" race "*) echo "race: left out, the race detector needs a C compiler" ;; \
		*) echo "race: the race detector needs a C compiler; install one, or name race in CONFORMD_LANES_LEFT_OUT" >&2; exit 1 ;; \
		esac; \
	fi

# How much is simulated: make test, which every push runs, takes a tenth of each.
SEEDS   ?= 2000
FIRST   ?= 1
CASES   ?= 10000000

simulate: ## the real engine in a deterministic simulation, and the planner on millions of cases
	$(GO) test ./sync/plan -vet=off -count=1 -run '^TestThreeWayMerge$$' -v -plan.triples=$(CASES) $(if $(FIGURES),-plan.figures=$(abspath $(FIGURES)))
	$(GO) test ./internal/dst -vet=off -count=1 -timeout=60m -run '^TestSeeds$(if $(FIGURES),$$|^TestReplay)$$' -v -dst.first=$(FIRST) -dst.seeds=$(SEEDS) $(if $(FIGURES),-dst.figures=$(abspath $(FIGURES)))

dst: ## simulations of SEEDS=n seeds from FIRST=n; SHOW=1 prints what happens
	$(GO) test ./internal/dst -count=1 -timeout=0 -run '^TestSeeds$$' -v -dst.first=$(FIRST) -dst.seeds=$(SEEDS) $(if $(SHOW),-dst.show) $(if $(OPTIONS),-dst.options='$(OPTIONS)')

blackbox: SEEDS = 20
blackbox: FIRST = 0
blackbox: ## the released program between two trackers, killed, stopped and without space, SEEDS=n times; FIRST=n repeats; PATIENT=1 waits for lost creates
	$(GO) test ./internal/blackbox -count=1 -timeout=0 -run '^TestBlackBox$$' -v -blackbox.seeds=$(SEEDS) -blackbox.seed=$(FIRST) $(if $(PATIENT),-blackbox.patient)

browser: ## the pages of a daemon in Chromium: accessibility, layout, keys, the check of the log; BROWSER_SHOTS=folder keeps pictures
	scripts/chromium.sh
	$(GO) test ./internal/browsertest -count=1 -timeout=25m

drawn: ## requests that are drawn from the OpenAPI document, sent to a daemon FOR=10m; SEED=n repeats a run
	$(GO) test ./internal/apitest -count=1 -timeout=0 -run '^TestDrawnRequests$$' -v -draw.for=$(or $(FOR),10m) $(if $(SEED),-draw.seed=$(SEED))

defects: ## plants defects in copies of the source and has the simulation find them; UPDATE=1 writes the table
	$(GO) run ./internal/dst/planted $(if $(UPDATE),-update)

lint: ## golangci-lint, pinned in go.tool.mod, and scripts/hygiene.sh
	$(LINT) config verify
	$(LINT) run ./...
	scripts/hygiene.sh

# Tools with many dependencies of their own stand in go.security.mod, pinned like the rest.
security: ## gosec, known vulnerabilities, licences, secrets in the source; STRICT=1 minds those of the standard library
	$(LINT) run --config .golangci-security.yml ./...
	scripts/vulnerabilities.sh
	scripts/licences.sh
	scripts/secrets.sh

fmt: ## format the code as lint wants it
	$(LINT) fmt ./...

bench: ## the measurements that docs/ quotes, written into bench.json
	$(GO) run ./internal/bench
	@$(MAKE) --no-print-directory simulate FIGURES=bench.json
	$(GO) test ./internal/store -count=1 -run '^TestPowerCuts$$' -figures=$(abspath bench.json)
	$(GO) test ./internal/blackbox -count=1 -run '^TestWebhookFlood$$' -figures=$(abspath bench.json)
	$(GO) test ./internal/app -count=1 -run '^(TestOutageStaysWhereItIs|TestBudgetIsAskedBeforeReading|TestIdleCostsNothing|TestFirstScanCostsWhatIsSelected)$$' -figures=$(abspath bench.json)

bench-scale: ## the same for registers of 100,000 and 1,000,000 records; ten minutes, 9 GB of disk
	$(GO) run ./internal/bench -scale 100000
	$(GO) run ./internal/bench -scale 1000000

generate: ## rewrite what is generated: components of the pages, JSON Schema, configuration reference, import table, goldens of the configuration
	$(GO) tool -modfile=go.tool.mod templ generate -path internal/web
	$(GO) test ./internal/config -run 'TestSchemaIsFresh|TestReferenceIsFresh|TestDefaults' -update
	$(GO) test ./internal/archtest -run TestDocumentShowsTheTable -update

verify: ## generated files are fresh, go.mod is complete, modules are what go.sum says
	$(GO) test ./internal/archtest ./internal/config
	$(GO) test ./internal/web -run TestComponentsAreFresh
	$(GO) mod verify
	$(GO) mod tidy -diff

fuzz: ## each fuzz test for half a minute
	@set -e; grep -rl --include='*_test.go' '^func Fuzz' . | while read -r f; do \
		for name in $$(sed -n 's/^func \(Fuzz[A-Za-z0-9]*\).*/\1/p' "$$f"); do \
			echo "fuzz $$(dirname "$$f") $$name"; \
			$(GO) test "$$(dirname "$$f")" -run '^$$' -fuzz "^$$name$$" -fuzztime 30s -fuzzminimizetime 5x; \
		done; \
	done

image: ## the container image, from the Dockerfile
	docker build --build-arg VERSION=$(VERSION) -t $(IMAGE) .

clean: ## remove what make build wrote
	rm -rf bin
