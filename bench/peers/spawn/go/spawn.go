// spawn.go - goroutines and channels. Called as: program BENCH ARGUMENT... ROUNDS.
package main

import (
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

func arg(k int) int {
	v, err := strconv.Atoi(os.Args[k])
	if err != nil {
		panic(err)
	}
	return v
}

func printTimes(items int, spent []float64) {
	sort.Float64s(spent)
	fmt.Printf("time %d %.0f %.0f\n", items, spent[0], spent[len(spent)/2])
}

func times(items, rounds int, f func() int) {
	var spent []float64
	result := 0
	for i := 0; i < rounds; i++ {
		start := time.Now()
		result = f()
		spent = append(spent, float64(time.Since(start).Nanoseconds()))
	}
	fmt.Println("result", result)
	printTimes(items, spent)
}

// Memory of this process now, in bytes, with what the kernel needs for its page tables.
func memory() int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		panic(err)
	}
	sum := 0
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, "VmRSS:") || strings.HasPrefix(line, "VmPTE:") {
			kb, _ := strconv.Atoi(strings.Fields(line)[1])
			sum += kb
		}
	}
	return sum * 1024
}

// One WaitGroup for all, results in a slice: the fastest form.
func flat(n int) int {
	results := make([]int, n)
	var left sync.WaitGroup
	left.Add(n)
	for i := 0; i < n; i++ {
		i := i
		go func() { results[i] = 3*i + 1; left.Done() }()
	}
	left.Wait()
	s := 0
	for _, v := range results {
		s += v
	}
	return s
}

// A channel is the handle of each task.
func flatHandles(n int) int {
	handles := make([]chan int, n)
	for i := 0; i < n; i++ {
		i, c := i, make(chan int, 1)
		handles[i] = c
		go func() { c <- 3*i + 1 }()
	}
	s := 0
	for _, c := range handles {
		s += <-c
	}
	return s
}

type pair struct{ a, b int }

func alloc(n int) int {
	results := make([]*pair, n)
	var left sync.WaitGroup
	left.Add(n)
	for i := 0; i < n; i++ {
		i := i
		go func() { results[i] = &pair{3 * i, 1}; left.Done() }()
	}
	left.Wait()
	s := 0
	for _, p := range results {
		s += p.a + p.b
	}
	return s
}

func forget(n int) int {
	var left sync.WaitGroup
	left.Add(n)
	for i := 0; i < n; i++ {
		go left.Done()
	}
	left.Wait()
	return n
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	c := make(chan int, 1)
	go func() { c <- fib(n - 1) }()
	y := fib(n - 2)
	return <-c + y
}

func fibSpawns(n int) int {
	a, b := 0, 1
	for i := 0; i <= n; i++ {
		a, b = b, a+b
	}
	return a - 1
}

func skynet(num, size int) int {
	if size == 1 {
		return num
	}
	c := make(chan int, 10)
	part := size / 10
	for i := 0; i < 10; i++ {
		i := i
		go func() { c <- skynet(num+i*part, part) }()
	}
	s := 0
	for i := 0; i < 10; i++ {
		s += <-c
	}
	return s
}

func queens(n int, columns, left, right uint, row int) int {
	if row == n {
		return 1
	}
	c := make(chan int, n)
	count := 0
	for free := (uint(1)<<n - 1) &^ (columns | left | right); free != 0; count++ {
		bit := free & -free
		free -= bit
		go func() { c <- queens(n, columns|bit, (left|bit)<<1, (right|bit)>>1, row+1) }()
	}
	s := 0
	for i := 0; i < count; i++ {
		s += <-c
	}
	return s
}

func boards(n int, columns, left, right uint, row int) int {
	s := 1
	if row == n {
		return s
	}
	for free := (uint(1)<<n - 1) &^ (columns | left | right); free != 0; {
		bit := free & -free
		free -= bit
		s += boards(n, columns|bit, (left|bit)<<1, (right|bit)>>1, row+1)
	}
	return s
}

func pingpong(capacity, n int) int {
	a, b := make(chan int, capacity), make(chan int, capacity)
	go func() {
		for i := 0; i < n; i++ {
			b <- <-a + 1
		}
	}()
	x := 0
	for i := 0; i < n; i++ {
		a <- x
		x = <-b
	}
	return x
}

func mpmc(capacity, n int) int {
	c := make(chan int, capacity)
	var left sync.WaitGroup
	left.Add(4)
	for i := 0; i < 4; i++ {
		start, end := n/4*i, n/4*(i+1)
		go func() {
			for k := start; k < end; k++ {
				c <- k
			}
			left.Done()
		}()
	}
	sums := make(chan int, 4)
	for i := 0; i < 4; i++ {
		go consume(c, sums)
	}
	left.Wait()
	close(c)
	return <-sums + <-sums + <-sums + <-sums
}

func consume(c, sums chan int) {
	s := 0
	for v := range c {
		s += v
	}
	sums <- s
}

func streams(count, n int) int {
	sums := make(chan int, count)
	for k := 0; k < count; k++ {
		c := make(chan int, 128)
		left := new(sync.WaitGroup)
		left.Add(10)
		for i := 0; i < 10; i++ {
			go func() {
				for j := 0; j < n/10; j++ {
					c <- 1
				}
				left.Done()
			}()
		}
		go func() { left.Wait(); close(c) }()
		go consume(c, sums)
	}
	s := 0
	for k := 0; k < count; k++ {
		s += <-sums
	}
	return s
}

func ring(size, turns int) int {
	first := make(chan int, 1)
	last := first
	for i := 1; i < size; i++ {
		a, b := last, make(chan int, 1)
		go func() {
			for i := 0; i < turns; i++ {
				b <- <-a + 1
			}
		}()
		last = b
	}
	x := 0
	for i := 0; i < turns; i++ {
		first <- x + 1
		x = <-last
	}
	return x
}

func selects(n int) int {
	var cs [8]chan int
	for i := range cs {
		c := make(chan int)
		cs[i] = c
		go func() {
			for k := 0; k < n/8; k++ {
				c <- k
			}
		}()
	}
	s := 0
	for i := 0; i < n/8*8; i++ {
		select {
		case v := <-cs[0]:
			s += v
		case v := <-cs[1]:
			s += v
		case v := <-cs[2]:
			s += v
		case v := <-cs[3]:
			s += v
		case v := <-cs[4]:
			s += v
		case v := <-cs[5]:
			s += v
		case v := <-cs[6]:
			s += v
		case v := <-cs[7]:
			s += v
		}
	}
	return s
}

func mutex(n int) int {
	var m sync.Mutex
	var left sync.WaitGroup
	v := 0
	left.Add(100)
	for i := 0; i < 100; i++ {
		go func() {
			for k := 0; k < n/100; k++ {
				m.Lock()
				v++
				m.Unlock()
			}
			left.Done()
		}()
	}
	left.Wait()
	return v
}

func park(n int) {
	before, start := memory(), time.Now()
	gates := make([]chan int, n)
	sums := make(chan int, 1024)
	var ready sync.WaitGroup
	ready.Add(n)
	for i := range gates {
		c := make(chan int)
		gates[i] = c
		go func() { ready.Done(); sums <- <-c }()
	}
	ready.Wait()
	parked := time.Since(start)
	time.Sleep(50 * time.Millisecond)
	bytes := (memory() - before) / n
	release := time.Now()
	go func() {
		for i, c := range gates {
			c <- i
		}
	}()
	s := 0
	for range gates {
		s += <-sums
	}
	released := time.Since(release)
	fmt.Println("result", s)
	printTimes(n, []float64{float64((parked + released).Nanoseconds())})
	fmt.Printf("note %d B each, parked in %d ms, released in %d ms\n", bytes,
		parked.Milliseconds(), released.Milliseconds())
}

func timers(n int) {
	before, start := memory(), time.Now()
	sums := make([]int, n)
	var left sync.WaitGroup
	left.Add(n)
	for i := range sums {
		i, ms := i, 500+i*7919%200
		go func() {
			time.Sleep(time.Duration(ms) * time.Millisecond)
			sums[i] = ms
			left.Done()
		}()
	}
	time.Sleep(450*time.Millisecond - time.Since(start))
	bytes := (memory() - before) / n
	left.Wait()
	s := 0
	for _, v := range sums {
		s += v
	}
	spent := time.Since(start)
	fmt.Println("result", s)
	printTimes(n, []float64{float64((spent - 699*time.Millisecond).Nanoseconds())})
	fmt.Printf("note %d B each\n", bytes)
}

func pipeline(n int) int {
	first := make(chan int, 128)
	go func() {
		for i := 0; i < n; i++ {
			first <- i
		}
		close(first)
	}()
	last := first
	for i := 0; i < 5; i++ {
		a, b := last, make(chan int, 128)
		go func() {
			for v := range a {
				b <- v + 1
			}
			close(b)
		}()
		last = b
	}
	s := 0
	for v := range last {
		s += v
	}
	return s
}

// An actor: one goroutine that runs what its channel brings, in order.
func actor() chan func() {
	jobs := make(chan func(), 128)
	go func() {
		for f := range jobs {
			f()
		}
	}()
	return jobs
}

func actorCalls(jobs chan func(), n int) int {
	s := 0
	reply := make(chan int)
	for i := 0; i < n; i++ {
		i := i
		jobs <- func() { reply <- i }
		s += <-reply
	}
	return s
}

func executor(kind string, n int) int {
	if kind == "call" {
		return actorCalls(actor(), n)
	}
	results := make(chan int)
	tasks := 8
	if kind == "post" {
		tasks = 10
	}
	shared := actor()
	for t := 0; t < tasks; t++ {
		go func() {
			if kind == "serial" {
				results <- actorCalls(shared, n/8)
				return
			}
			own, count := actor(), 0
			for i := 0; i < n/10; i++ {
				own <- func() { count++ }
			}
			own <- func() { results <- count }
		}()
	}
	s := 0
	for t := 0; t < tasks; t++ {
		s += <-results
	}
	return s
}

func main() {
	one := map[string]func(int) int{"flat": flat, "flat_handles": flatHandles, "alloc": alloc,
		"forget": forget, "select": selects, "mutex": mutex, "pipeline": pipeline}
	bench := os.Args[1]
	if bench == "executor" {
		times(arg(3), arg(4), func() int { return executor(os.Args[2], arg(3)) })
		return
	}
	n := arg(2)
	if f, ok := one[bench]; ok {
		times(n, arg(3), func() int { return f(n) })
		return
	}
	switch bench {
	case "fib":
		times(fibSpawns(n), arg(3), func() int { return fib(n) })
	case "skynet":
		times((n*10-1)/9, arg(3), func() int { return skynet(0, n) })
	case "queens":
		times(boards(n, 0, 0, 0, 0), arg(3), func() int { return queens(n, 0, 0, 0, 0) })
	case "pingpong":
		times(arg(3), arg(4), func() int { return pingpong(n, arg(3)) })
	case "mpmc":
		times(arg(3), arg(4), func() int { return mpmc(n, arg(3)) })
	case "streams":
		times(n*arg(3), arg(4), func() int { return streams(n, arg(3)) })
	case "ring":
		times(n*arg(3), arg(4), func() int { return ring(n, arg(3)) })
	case "park":
		park(n)
	case "timers":
		timers(n)
	default:
		os.Exit(2)
	}
}
