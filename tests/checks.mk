# tests/checks.mk - builds of the runtime that only tests use. Included by the Makefile.

# --- simulation: the runtime over simulated threads, without the collector (tests/sim/sim.h)
SIM_FLAGS := -std=gnu11 -O1 -g -w -MMD -MP -fno-omit-frame-pointer -fno-strict-aliasing \
    -DRT_HOSTILE -DRT_SIM -iquote runtime
SIM_WRAP := $(foreach f,syscall clock_gettime nanosleep pause sched_yield pthread_create pthread_join \
    aligned_alloc epoll_wait epoll_pwait2 read write close pthread_mutex_lock pthread_mutex_unlock \
    pthread_cond_timedwait pthread_cond_signal,-Wl$(comma)--wrap=$f)
SIM_OBJ := $(patsubst runtime/%.c,$(B)/sim/rt/%.o,$(filter-out runtime/gc.c,$(wildcard runtime/*.c))) \
    $(B)/sim/rt/gc_malloc.o $(B)/sim/rt/sim.o $(B)/sim/rt/system.o
$(B)/sim/rt/%.o: runtime/%.c tests/sim/sim.h
	@mkdir -p $(@D)
	@$(CC) $(SIM_FLAGS) -include tests/sim/sim.h $(if $(filter start,$*),-Dmain=wyn_start) -c -o $@ $<
$(B)/sim/rt/gc_malloc.o: tests/stress/tsan/gc_malloc.c tests/sim/sim.h
	@mkdir -p $(@D)
	@$(CC) $(SIM_FLAGS) -include tests/sim/sim.h -c -o $@ $<
$(B)/sim/rt/sim.o $(B)/sim/rt/system.o: $(B)/sim/rt/%.o: tests/sim/%.c tests/sim/system.h
	@mkdir -p $(@D)
	@$(CC) -std=gnu11 -O2 -g $(WARN) -fno-omit-frame-pointer -c -o $@ $<
$(B)/sim/%: tests/sim/%_sim.c tests/sim/check.h $(SIM_OBJ)
	@$(CC) $(SIM_FLAGS) -Wall -include tests/sim/sim.h $(SIM_WRAP) -o $@ $< $(SIM_OBJ) -lpthread -lm
$(B)/sim/rt/threads.o: tests/sim/threads.c
	@$(CC) -std=gnu11 -c -o $@ $<
$(B)/sim/%: tests/sim/%_sim.wyn $(WYNC_READY) $(SIM_OBJ) $(B)/sim/rt/threads.o
	@$(B)/wync --dump=c $< >$(B)/sim/rt/$*.c
	@$(CC) $(SIM_FLAGS) -include tests/sim/sim.h $(SIM_WRAP) -o $@ $(B)/sim/rt/$*.c \
	    $(B)/sim/rt/threads.o $(SIM_OBJ) -lpthread -lm
$(B)/tests/sim/%_sim.ok: $(B)/sim/% tests/run
	$(RUN) sim $<
SEEDS ?= 5000
.PHONY: sim mutants
SIMS := $(patsubst tests/sim/%,$(B)/sim/%,$(basename $(wildcard tests/sim/*_sim.c tests/sim/*_sim.wyn)))
sim: $(SIMS:%_sim=%)
	@for f in $^; do echo "  $$f 0 $(SEEDS)"; $$f 0 $(SEEDS) || exit 1; done
mutants: $(SIMS:%_sim=%)
	@SEEDS=$(SEEDS) FLAGS='$(SIM_FLAGS)' WRAP='$(SIM_WRAP)' sh tests/sim/mutants '$(T)'

# --- the runtime with every constant small, so that rare paths are taken often
HOSTILE_RT := $(patsubst %.S,$(B)/hostile/rt/%.o,$(RUNTIME_SRC:%.c=$(B)/hostile/rt/%.o))
$(B)/hostile/rt/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(RUNTIME_CFLAGS) -O1 -DRT_HOSTILE -c -o $@ $<
$(B)/hostile/rt/%.o: %.S
	@mkdir -p $(@D)
	@$(CC) $(RUNTIME_CFLAGS) -c -o $@ $<
$(B)/hostile/libwynrt.a: $(HOSTILE_RT)
	@rm -f $@ && ar rcs $@ $^
$(B)/hostile/wync: $(WYNC_READY) $(B)/hostile/libwynrt.a
	@cp $(filter-out $(B)/libwynrt.a $(@D)/libwynrt.a,$^) $(@D)

# --- programs again and again: the gates, the collector at every few refills, 1 to 8 workers, small
# constants, the thread checker; two minutes, or as long as asked for
.PHONY: stress soak
MINUTES ?= 60
stress: all sim $(B)/hostile/wync
	@sh tests/stress/gates
	@sh tests/stress/run 60
	@WYNC=$(B)/hostile/wync GC_EVERY=0 sh tests/stress/run 30
	@sh tests/stress/tsan/run
soak: all $(B)/hostile/wync
	@sh tests/stress/run $$(($(MINUTES) * 40))
	@WYNC=$(B)/hostile/wync GC_EVERY=0 sh tests/stress/run $$(($(MINUTES) * 20))

# --- the runtime without one of the four ideas of the scheduler, for bench/spawn/ideas
define idea
$(B)/ideas/$(1)/rt/%.o: %.c
	@mkdir -p $$(@D)
	@$(CC) $(RUNTIME_CFLAGS) -O2 $(2) -c -o $$@ $$<
$(B)/ideas/$(1)/libwynrt.a: $(patsubst runtime/%.c,$(B)/ideas/$(1)/rt/runtime/%.o,$(wildcard runtime/*.c)) \
    $(B)/libwynrt.a
	@cp $(B)/libwynrt.a $$@ && ar r $$@ $$(filter %.o,$$^)
$(B)/ideas/$(1)/wync: $(WYNC_READY) $(B)/ideas/$(1)/libwynrt.a
	@cp $$(filter-out $(B)/libwynrt.a $$(@D)/libwynrt.a,$$^) $$(@D)
ideas: $(B)/ideas/$(1)/wync
endef
.PHONY: ideas
$(eval $(call idea,bulk,-DRT_BULK=0))
$(eval $(call idea,batched,-DRT_BATCHED=0))
$(eval $(call idea,quiet,-DRT_QUIET=0))
$(eval $(call idea,pools,-DRT_POOLS=0))
$(eval $(call idea,none,-DRT_BULK=0 -DRT_BATCHED=0 -DRT_QUIET=0 -DRT_POOLS=0))

FUZZERS := $(patsubst tests/fuzz/%.c,$(B)/fuzz/%,$(wildcard tests/fuzz/*_fuzz.c)) \
    $(patsubst tests/fuzz/%.wyn,$(B)/fuzz/%_fuzz,$(wildcard tests/fuzz/*.wyn))
$(B)/fuzz/%_fuzz: tests/fuzz/%_fuzz.c $(B)/fuzz/libwync.a
	clang -g -O1 -fsanitize=fuzzer,address -Icompiler -o $@ $< $(B)/fuzz/libwync.a
$(B)/fuzz/%_fuzz: tests/fuzz/%.wyn $(addprefix tests/fuzz/,build_beside beside.c) $(B)/fuzz/libwynrt.a $(WYNC_READY)
	sh tests/fuzz/build_beside $< $@
fuzz: $(FUZZERS)
	@FUZZ_SECONDS=$(FUZZ_SECONDS) sh tests/fuzz/run $(FUZZERS)
