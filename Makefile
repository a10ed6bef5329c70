# wync, the compiler of the language Wyn. `make help` lists the targets.
# All objects and generated files live under build/; nothing here calls make again.
MAKEFLAGS += --no-builtin-rules
.SUFFIXES:
.DELETE_ON_ERROR:
.SECONDARY:
.DEFAULT_GOAL := all
SHELL := /bin/sh

CC ?= gcc
ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX ?= /usr/local
FUZZ_SECONDS ?= 60
comma := ,
B := build
WARN := -Wall -Wextra -Werror
COMPILER_CFLAGS := -std=gnu11 -g $(WARN) -Wno-trigraphs -MMD -MP -I$(B)/gen
# no -g: backtraces show Wyn functions only, and each program carries what it uses of the runtime,
# so without the names of its static functions and the tables for unwinding either
# No merging of single loads: a wide load of words just stored one by one waits for the cache.
RUNTIME_CFLAGS := -std=gnu11 $(WARN) -MMD -MP -fno-omit-frame-pointer -fPIE -iquote runtime \
    -fno-tree-slp-vectorize \
    -ffunction-sections -fdata-sections -fno-asynchronous-unwind-tables \
    $(shell sh stdlib/native/libraries.sh defines)
SAN := -g -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer
RUNTIME_LIBS := -lgc -lpthread -lm

COMPILER_SRC := $(filter-out compiler/main.c,$(sort $(wildcard compiler/*/*.c)))
RUNTIME_SRC := $(sort $(wildcard runtime/*.c runtime/*.S stdlib/native/*.c))
RUNTIME_H := $(wildcard runtime/*.h)
LEXER := $(if $(wildcard compiler/syntax/lexer.re),$(B)/gen/lexer.c)
PARSER := $(if $(wildcard compiler/syntax/parser.y),$(B)/gen/parser.c)
STD := $(sort $(wildcard stdlib/*.wyn))
EXPLAIN := $(sort $(wildcard compiler/explain/*.md))
GEN := $(LEXER) $(PARSER) $(B)/gen/embed.c

.PHONY: all help test bench fuzz san tidy install bless clean setup
all: $(addprefix $(B)/,wync libwynrt.a wyn.h wyn_inline.h wyn_scope.h wyn_fork.h libraries)

help:
	@echo 'make                     the compiler build/wync and its runtime'
	@echo 'make setup               install the Debian packages needed, build, run an example'
	@echo 'make test [T=text]       all tests, or those whose name contains the text'
	@echo 'make san [T=text]        the tests with address and undefined-behaviour checks'
	@echo 'make stress              tasks again and again, gates, checkers: minutes; make soak MINUTES=n'
	@echo 'make sim SEEDS=n         the runtime under simulated schedules; make mutants [T=text] breaks it'
	@echo 'make bench               speed against the peers in bench/: programs, tasks'
	@echo 'make ideas               runtimes without one of their ideas, for sh bench/spawn/ideas'
	@echo 'make fuzz FUZZ_SECONDS=n feed nonsense to lexer, parser and checker (needs clang)'
	@echo 'make tidy                layers, sizes, banned calls'
	@echo 'make bless T=text        accept the present output as the expected one'
	@echo 'make install PREFIX=dir  install below dir (default /usr/local)'
	@echo 'make clean               remove build/'

setup:
	@./setup

# --- generated sources
$(B)/gen/lexer.c: compiler/syntax/lexer.re
	@mkdir -p $(@D)
	@echo '  re2c $<'
	@re2c -W -Wno-nondeterministic-tags -i --no-generation-date $< >$@
$(B)/gen/parser.c: compiler/syntax/parser.y
	@mkdir -p $(@D)
	@echo '  bison $<'
	@bison -Werror=conflicts-sr,conflicts-rr -Wcounterexamples -l --defines=$(B)/gen/parser.h -o $@ $<
$(B)/gen/parser.h: $(B)/gen/parser.c ;
$(B)/gen/embed.c: compiler/driver/embed.sh $(STD) $(EXPLAIN) $(wildcard stdlib compiler/explain)
	@mkdir -p $(@D)
	@echo '  embed stdlib and explanations'
	@sh compiler/driver/embed.sh $(STD) $(EXPLAIN) >$@

# --- compiler and runtime, once per flavour: $(1) folder, $(2) flags, $(3) compiler
define flavour
$(1)/obj/%.o: %.c | $(PARSER)
	@mkdir -p $$(@D)
	@echo '  cc $$<'
	@$(3) $$(COMPILER_CFLAGS) $(2) -c -o $$@ $$<
$(1)/obj/gen/%.o: $(B)/gen/%.c | $(PARSER)
	@mkdir -p $$(@D)
	@echo '  cc $$<'
	@$(3) $$(COMPILER_CFLAGS) $(2) -I. -Icompiler/syntax -c -o $$@ $$<
$(1)/rt/%.o: %.c
	@mkdir -p $$(@D)
	@echo '  cc $$<'
	@$(3) $$(RUNTIME_CFLAGS) $(2) $$(RARE) -c -o $$@ $$<
$(1)/rt/%.o: %.S
	@mkdir -p $$(@D)
	@echo '  cc $$<'
	@$(3) $$(RUNTIME_CFLAGS) $(2) -c -o $$@ $$<
$(1)/libwync.a: $(COMPILER_SRC:%.c=$(1)/obj/%.o) $(GEN:$(B)/gen/%.c=$(1)/obj/gen/%.o)
	@echo '  ar $$@'
	@rm -f $$@ && ar rcs $$@ $$^
$(1)/wync: $(1)/obj/compiler/main.o $(COMPILER_SRC:%.c=$(1)/obj/%.o) $(GEN:$(B)/gen/%.c=$(1)/obj/gen/%.o)
	@echo '  link $$@'
	@$(3) $(2) -o $$@ $$^
$(1)/libwynrt.a: $(patsubst %.S,$(1)/rt/%.o,$(RUNTIME_SRC:%.c=$(1)/rt/%.o))
	@echo '  ar $$@'
	@rm -f $$@ && ar rcs $$@ $$^ && strip -x $$@
$(1)/libraries: stdlib/native/libraries.sh
	@mkdir -p $$(@D)
	@sh $$< >$$@
$(1)/%.h: runtime/%.h
	@mkdir -p $$(@D)
	@cp $$< $$@
endef
$(eval $(call flavour,$(B),-O2,$(CC)))
# what runs seldom is small: it is part of every program
RARE_SRC := cpus dwarf dwarf_line failed leaks panic_text report start trace
$(RARE_SRC:%=$(B)/rt/runtime/%.o): RARE := -Os
$(eval $(call flavour,$(B)/san,-O1 $(SAN),$(CC)))
$(eval $(call flavour,$(B)/fuzz,-O1 -Wno-gnu-variable-sized-type-not-at-end \
    -fno-sanitize-address-use-after-scope -fsanitize=fuzzer-no-link$(comma)address,clang))
$(B)/fuzz/rt/%.o: RUNTIME_CFLAGS += -mllvm -asan-stack=0 # tasks change stacks
-include $(shell find $(B) -name '*.d' 2>/dev/null)

# runtime flags that a program of the checked flavour is linked with; wync reads this file
$(B)/san/cc.flags:
	@mkdir -p $(@D)
	printf '%s\n' $(SAN) >$@

# --- tests: one stamp each, so that a rerun repeats what failed or changed
T ?=
SAN_RUN := $(filter san,$(MAKECMDGOALS))
F := $(if $(SAN_RUN),$(B)/san,$(B))
O := $(F)/tests
WYNC_READY := $(addprefix $(F)/,wync libwynrt.a wyn.h wyn_inline.h wyn_scope.h wyn_fork.h libraries) $(if $(SAN_RUN),$(F)/cc.flags)
stamps = $(patsubst %,$(O)/$(1)/%.ok,$(basename $(patsubst $(2)/%,%,$(sort $(wildcard $(3))))))
TESTS := $(call stamps,unit,tests/unit,tests/unit/*_test.c) \
    $(call stamps,runtime,tests/runtime,tests/runtime/*_test.c) \
    $(call stamps,lang,tests/lang,tests/lang/*/*.wyn) \
    $(call stamps,diag,tests/diag,tests/diag/*.wyn tests/diag/*/main.wyn) \
    $(call stamps,explain,compiler/explain,compiler/explain/*.md) \
    $(call stamps,golden,tests/golden,tests/golden/*.wyn) \
    $(call stamps,examples,examples,examples/*.wyn examples/*/*.wyn) \
    $(call stamps,crashes,tests/fuzz/crashes,tests/fuzz/crashes/*) \
    $(call stamps,cli,tests/cli,tests/cli/*.sh) \
    $(if $(SAN_RUN),,$(call stamps,cc,tests/lang,tests/lang/*/*.wyn) $(O)/tidy/tidy.ok \
    $(call stamps,sim,tests/sim,tests/sim/*_sim.c tests/sim/*_sim.wyn))
WANTED := $(if $(T),$(foreach t,$(TESTS),$(if $(findstring $(T),$(t)),$(t))),$(TESTS))
RUN = @B=$(F) O=$(O) sh tests/run

test san: $(WANTED)
	@$(file >$(O)/list,$(WANTED)) sh tests/summary $(O)/list
$(O)/lang/%.ok: tests/lang/%.wyn tests/run $(WYNC_READY)
	$(RUN) lang $<
$(O)/cc/%.ok: tests/lang/%.wyn tests/run $(WYNC_READY)
	$(RUN) cc $<
$(O)/examples/%.ok: examples/%.wyn tests/run $(WYNC_READY)
	$(RUN) examples $<
$(O)/golden/%.ok: tests/golden/%.wyn tests/golden/%.c tests/run $(WYNC_READY)
	$(RUN) golden $<
$(O)/diag/%.ok: tests/diag/%.wyn tests/run $(WYNC_READY)
	$(RUN) diag $<
$(O)/explain/%.ok: compiler/explain/%.md tests/run $(WYNC_READY)
	$(RUN) explain $<
$(O)/crashes/%.ok: tests/fuzz/crashes/% tests/run $(WYNC_READY)
	$(RUN) crashes $<
$(O)/cli/%.ok: tests/cli/%.sh tests/run $(WYNC_READY)
	$(RUN) cli $<
$(O)/tidy/tidy.ok: tests/tidy tests/run $(COMPILER_SRC) $(RUNTIME_SRC) $(RUNTIME_H) $(EXPLAIN)
	$(RUN) tidy tests/tidy
$(O)/unit/%.ok: $(F)/unit/% tests/run
	$(RUN) unit $<
$(O)/runtime/%.ok: $(F)/runtime/% tests/run
	$(RUN) runtime $<
$(F)/unit/%: tests/unit/%.c $(F)/libwync.a
	@mkdir -p $(@D)
	@$(CC) $(COMPILER_CFLAGS) $(if $(SAN_RUN),$(SAN)) -Icompiler -o $@ $< $(F)/libwync.a
$(F)/runtime/%: tests/runtime/%.c $(F)/libwynrt.a
	@mkdir -p $(@D)
	@$(CC) $(RUNTIME_CFLAGS) $(if $(SAN_RUN),$(SAN)) -o $@ $< $(F)/libwynrt.a $(RUNTIME_LIBS)

include tests/checks.mk

bless: $(WYNC_READY)
	@B=$(F) O=$(O) sh tests/bless '$(T)'
tidy:
	@sh tests/tidy

bench: all
	@sh bench/run
	@sh bench/spawn/run

install: all
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/lib/wyn' \
	    '$(DESTDIR)$(PREFIX)/share/man/man1' '$(DESTDIR)$(PREFIX)/share/bash-completion/completions'
	install -m 755 $(B)/wync '$(DESTDIR)$(PREFIX)/bin/wync'
	install -m 644 $(addprefix $(B)/,libwynrt.a wyn.h wyn_inline.h wyn_scope.h wyn_fork.h libraries) '$(DESTDIR)$(PREFIX)/lib/wyn'
	$(B)/wync --man >'$(DESTDIR)$(PREFIX)/share/man/man1/wync.1'
	$(B)/wync --completion >'$(DESTDIR)$(PREFIX)/share/bash-completion/completions/wync'
clean:
	rm -rf $(B)
