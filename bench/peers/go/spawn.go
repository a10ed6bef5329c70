// spawn: the Go side of bench/spawn.wyn; one line each: label, ns an item.
package main

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

func report(label string, start time.Time, n int) {
	fmt.Printf("%s %.1f\n", label, float64(time.Since(start).Nanoseconds())/float64(n))
}

func flat(n int) {
	t := time.Now()
	results := make([]int, n)
	var left sync.WaitGroup
	left.Add(n)
	for i := 0; i < n; i++ {
		go func(i int) {
			results[i] = i * i
			left.Done()
		}(i)
	}
	left.Wait()
	s := 0
	for _, v := range results {
		s += v
	}
	if s <= 0 {
		os.Exit(1)
	}
	report(fmt.Sprintf("flat_%d", n), t, n)
}

func forget(n int) {
	var c int64
	t := time.Now()
	var left sync.WaitGroup
	left.Add(n)
	for i := 0; i < n; i++ {
		go func() {
			atomic.AddInt64(&c, 1)
			left.Done()
		}()
	}
	left.Wait()
	report(fmt.Sprintf("forget_%d", n), t, n)
}

func pingpong(n int) {
	a, b := make(chan int, 1), make(chan int, 1)
	go func() {
		for v := range a {
			b <- v
		}
	}()
	t := time.Now()
	for i := 0; i < n; i++ {
		a <- i
		<-b
	}
	report("pingpong", t, 2*n)
	close(a)
}

func mpmc(n int) {
	c := make(chan int, 128)
	var producers, consumers sync.WaitGroup
	producers.Add(4)
	consumers.Add(4)
	t := time.Now()
	for i := 0; i < 4; i++ {
		go func() {
			s := 0
			for v := range c {
				s += v
			}
			consumers.Done()
		}()
		go func() {
			for k := 0; k < n/4; k++ {
				c <- k
			}
			producers.Done()
		}()
	}
	producers.Wait()
	close(c)
	consumers.Wait()
	report("mpmc", t, n)
}

func main() {
	for i := 0; i < 3; i++ {
		flat(10000)
		flat(100000)
		flat(1000000)
		forget(1000000)
		pingpong(200000)
		mpmc(1000000)
	}
}
