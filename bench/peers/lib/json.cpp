// json.cpp jsonl FOLDER - the same as data.wyn jsonl: simdjson on one thread a core.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <simdjson.h>
#include <string>
#include <thread>
#include <vector>

struct Part {
    long lines = 0;
    double sum = 0;
};

static Part summarise(const std::string &path, simdjson::ondemand::parser &parser) {
    Part part;
    simdjson::padded_string text = simdjson::padded_string::load(path);
    simdjson::ondemand::document_stream docs = parser.iterate_many(text, 1 << 20);
    for (auto doc : docs) {
        simdjson::ondemand::object o = doc.get_object();
        std::string_view kind = o["kind"].get_string();
        part.lines += !kind.empty();
        part.sum += double(o["user"]["score"].get_double());
    }
    return part;
}

int main(int, char **argv) {
    auto start = std::chrono::steady_clock::now();
    std::vector<std::string> files;
    for (auto &e : std::filesystem::directory_iterator(std::string(argv[2]) + "/jsonl"))
        files.push_back(e.path().string());
    std::atomic<size_t> next{0};
    unsigned cores = std::thread::hardware_concurrency();
    std::vector<Part> parts(cores);
    std::vector<std::thread> threads;
    for (unsigned t = 0; t < cores; t++)
        threads.emplace_back([&, t] {
            simdjson::ondemand::parser parser;
            for (size_t i; (i = next++) < files.size();) {
                Part p = summarise(files[i], parser);
                parts[t].lines += p.lines;
                parts[t].sum += p.sum;
            }
        });
    for (auto &t : threads) t.join();
    Part all;
    for (auto &p : parts) {
        all.lines += p.lines;
        all.sum += p.sum;
    }
    auto ms = std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start);
    std::printf("jsonl %.0f %ld:%.0f\n", ms.count(), all.lines, all.sum);
}
