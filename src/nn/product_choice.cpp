// SPDX-License-Identifier: Apache-2.0
#include "nn/product_choice.hpp"

#include "base/atomic_file.hpp"
#include "base/hash.hpp"
#include "base/json.hpp"
#include "base/product.hpp"
#include "base/version.hpp"
#include "nn/blas.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <functional>
#include <memory>
#include <utility>

namespace skyglot {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kRows = 196;
constexpr std::int64_t kDepth = 768;
constexpr std::int64_t kColumns = 768;
constexpr int kRounds = 4;
constexpr double kAsGood = 0.95;

// "AMD EPYC, family 26, model 2"; what the kernels in use depend on.
std::string processor_name() {
  std::ifstream file("/proc/cpuinfo");
  std::string name = "unknown processor";
  std::string rest;
  for (std::string line; std::getline(file, line) && !line.empty();) {
    const std::size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    const std::string value = line.substr(colon + 2);
    if (line.starts_with("model name")) name = value;
    if (line.starts_with("cpu family")) rest += ", family " + value;
    if (line.starts_with("model\t")) rest += ", model " + value;
  }
  return name + rest;
}

// Small whole numbers, so that every order of summing gives the same.
std::vector<float> numbers(std::int64_t count, std::int64_t step) {
  std::vector<float> values(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i)
    values[static_cast<std::size_t>(i)] = static_cast<float>(i * step % 7 - 3);
  return values;
}

struct Factors {
  std::vector<float> a = numbers(kRows * kDepth, 5);
  std::vector<float> b = numbers(kColumns * kDepth, 11);
  std::vector<float> out = std::vector<float>(static_cast<std::size_t>(kRows * kColumns));
};

// A few values all over the product.
bool is_right(const Factors& f) {
  for (std::int64_t i = 0; i < kRows; i += 13)
    for (std::int64_t j = 0; j < kColumns; j += 31) {
      double sum = 0;
      for (std::int64_t k = 0; k < kDepth; ++k)
        sum += double{f.a[static_cast<std::size_t>(i * kDepth + k)]} *
               double{f.b[static_cast<std::size_t>(j * kDepth + k)]};
      if (sum != double{f.out[static_cast<std::size_t>(i * kColumns + j)]}) return false;
    }
  return true;
}

double now(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

// Processor time, for what else the machine does must not decide; of the whole process, for a
// library may have threads that could not be switched off.
double seconds_of(const std::function<void()>& work, bool library) {
  const clockid_t clock = library ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_THREAD_CPUTIME_ID;
  const double start = now(clock);
  work();
  return now(clock) - start;
}

// While it lives, the library multiplies on the calling thread alone, where it can be told so.
class OneThread {
 public:
  explicit OneThread(Blas blas) : blas_(std::move(blas)) {
    if (!told()) return;
    before_ = blas_.threads();
    blas_.set_threads(1);
  }
  ~OneThread() {
    if (told()) blas_.set_threads(before_);
  }
  OneThread(const OneThread&) = delete;
  OneThread& operator=(const OneThread&) = delete;

 private:
  [[nodiscard]] bool told() const {
    return blas_.threads != nullptr && blas_.set_threads != nullptr;
  }

  Blas blas_;
  int before_ = 0;
};

std::function<void()> work_of(const ProductKernel& kernel, Factors& f) {
  const auto packed =
      std::make_shared<PackedMatrix>(MatrixView{f.b.data(), kDepth, kColumns, 1, kDepth}, kernel);
  // Small whole numbers are bfloat16 as they are.
  auto narrow = std::make_shared<std::vector<BFloat16>>();
  if (kernel.bfloat16)
    for (const float value : f.a) narrow->push_back(round_to_bfloat16(value));
  return [packed, narrow, &f] {
    Product product;
    product.a = narrow->empty() ? static_cast<const void*>(f.a.data()) : narrow->data();
    product.a_stride = kDepth;
    product.rows = kRows;
    product.b = packed.get();
    product.out = f.out.data();
    product.out_stride = kColumns;
    multiply(product, {0, kRows, 0, packed->panels()});
  };
}

struct Candidate {
  MeasuredProduct product;
  std::function<void()> work;
  double seconds = 1e30;
};

Candidate candidate(std::string name, bool library, std::function<void()> work) {
  Candidate result;
  result.product.name = std::move(name);
  result.product.library = library;
  result.work = std::move(work);
  return result;
}

std::vector<Candidate> candidates_on(Factors& f) {
  std::vector<Candidate> candidates;
  for (const ProductKernel* kernel : float_kernels())
    if (kernel != &kPlainKernel || float_kernels().size() == 1)
      candidates.push_back(candidate(kernel->name, false, work_of(*kernel, f)));
  if (const ProductKernel* const kernel = bfloat16_kernel())
    candidates.push_back(candidate(kernel->name, false, work_of(*kernel, f)));
  if (const Blas blas = loaded_blas(); blas.multiply != nullptr)
    candidates.push_back(candidate(blas.name, true, [&f, blas] {
      multiply_with(blas, {f.a.data(), kRows, kDepth, kDepth, 1},
                    {f.b.data(), kColumns, kDepth, kDepth, 1}, f.out.data());
    }));
  return candidates;
}

// In turn, so that a busy moment hits all of them.
std::vector<MeasuredProduct> measure() {
  const OneThread one_thread(loaded_blas());
  Factors factors;
  std::vector<Candidate> candidates = candidates_on(factors);
  for (Candidate& candidate : candidates) {
    std::ranges::fill(factors.out, -1.0F);
    candidate.work();
    candidate.product.right = is_right(factors);
  }
  for (int round = 0; round < kRounds; ++round)
    for (Candidate& candidate : candidates)
      candidate.seconds =
          std::min(candidate.seconds, seconds_of(candidate.work, candidate.product.library));
  std::vector<MeasuredProduct> measured;
  for (Candidate& candidate : candidates) {
    candidate.product.gflops =
        2e-9 * static_cast<double>(kRows * kDepth * kColumns) / candidate.seconds;
    measured.push_back(candidate.product);
  }
  return measured;
}

const MeasuredProduct* find(const std::vector<MeasuredProduct>& measured, const std::string& name) {
  const auto found = std::ranges::find(measured, name, &MeasuredProduct::name);
  return found == measured.end() ? nullptr : &*found;
}

// float_kernels() are in order of preference.
void decide(ProductChoice& choice) {
  double best = 0;
  for (const ProductKernel* kernel : float_kernels()) {
    const MeasuredProduct* const product = find(choice.measured, kernel->name);
    if (product == nullptr || !product->right || product->gflops * kAsGood <= best) continue;
    best = product->gflops;
    choice.floats = kernel;
  }
  if (choice.floats == nullptr) choice.floats = &kPlainKernel;
  const ProductKernel* const narrow = bfloat16_kernel();
  const MeasuredProduct* const product =
      narrow == nullptr ? nullptr : find(choice.measured, narrow->name);
  if (product != nullptr && product->right && product->gflops > best) choice.bfloat16 = narrow;
}

Json key_of(const std::string& processor) {
  Json kernels = Json::array();
  for (const ProductKernel* kernel : float_kernels()) kernels.push_back(kernel->name);
  if (bfloat16_kernel() != nullptr) kernels.push_back(bfloat16_kernel()->name);
  return {{"skyglot", version()},
          {"processor", processor},
          {"kernels", kernels},
          {"library", loaded_blas().name}};
}

// Of nothing damaged, and of nothing that another processor or program measured.
std::vector<MeasuredProduct> read_cache(const fs::path& cache, const Json& key) {
  std::vector<MeasuredProduct> measured;
  try {
    const Json json = parse_json<Json>(read_file(cache, 1 << 16));
    if (json.at("key") != key || json.at("sha256") != sha256(json.at("measured").dump())) return {};
    for (const Json& product : json.at("measured"))
      measured.push_back({product.at("name").get<std::string>(), product.at("gflops").get<double>(),
                          product.at("right").get<bool>(), product.at("library").get<bool>()});
  } catch (const std::exception&) {
    return {};
  } catch (const JsonNestedTooDeep&) {
    return {};
  }
  return measured;
}

// A folder that cannot be written costs the next start a few milliseconds, no more.
void write_cache(const fs::path& cache, const Json& key,
                 const std::vector<MeasuredProduct>& measured) {
  Json list = Json::array();
  for (const MeasuredProduct& product : measured)
    list.push_back({{"name", product.name},
                    {"gflops", product.gflops},
                    {"right", product.right},
                    {"library", product.library}});
  try {
    make_folder(cache.parent_path());
    write_file_atomically(
        cache,
        json_text(Json{{"key", key}, {"measured", list}, {"sha256", sha256(list.dump())}}, 1) +
            "\n");
  } catch (const Error&) {
    // It is measured again next time.
  }
}

}  // namespace

ProductChoice choose_product(const fs::path& cache) {
  ProductChoice choice;
  choice.processor = processor_name();
  const Json key = key_of(choice.processor);
  if (!cache.empty()) choice.measured = read_cache(cache, key);
  choice.from_cache = !choice.measured.empty();
  if (!choice.from_cache) {
    choice.measured = measure();
    if (!cache.empty()) write_cache(cache, key, choice.measured);
  }
  decide(choice);
  return choice;
}

fs::path product_cache() {
  const char* const folder = std::getenv("XDG_CACHE_HOME");
  if (folder != nullptr && folder[0] == '/') return fs::path(folder) / "skyglot" / "products.json";
  const char* const home = std::getenv("HOME");
  if (home == nullptr || home[0] == '\0') return {};
  return fs::path(home) / ".cache" / "skyglot" / "products.json";
}

const ProductChoice& product_choice() {
  static const ProductChoice choice = choose_product(product_cache());
  return choice;
}

}  // namespace skyglot
