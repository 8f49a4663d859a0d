// User mode: calls of the kernel, services, and an inference that is stopped anywhere and stays
// right, beside another task in user mode that has other memory.
#include "drivers/software_interrupt.h"
#include "kernel/arch/riscv/interrupts.h"
#include "kernel/timer.h"
#include "kernel/user.h"
#include "runtime/model.h"
#include "runtime/tasks/user_inference.h"
#include "tests/target/extension_registers.h"
#include "tests/target/task_test.h"

namespace thimble::kernel {
namespace {

constexpr time::Ticks kMs = time::kTicksPerMillisecond;

constinit TestTask<2> test;
constinit TestTask<5> busy;
constinit TestTask<20> inferring;
constinit TestTask<20> counting;
constinit TestTask<20> in_machine_mode;
constinit Record record;

alignas(16) constinit std::byte user_stack[1024];
alignas(16) constinit std::byte other_stack[1024];
alignas(64) constinit std::byte arena[192];
alignas(64) constinit std::byte counts[64];
alignas(64) constinit std::byte shown[64];  // to read only

constinit Semaphore asked;
constinit Semaphore answered;
constexpr UserRegion kRegions[] = {{user_stack}, UserRegion(shown, false)};
constinit UserService services[] = {
    take_service(asked),
    give_service(answered),
    {[](void* context, std::uint32_t a, std::uint32_t b) {
       static_cast<Record*>(context)->add(static_cast<char>(a + b));
       return a - b;
     },
     &record},
};
constexpr UserConfig kUser{.stack = user_stack, .regions = kRegions, .services = services};

std::uint32_t weigh(std::uint32_t a, std::uint32_t b, std::uint32_t c) {
  return a + 10 * b + 100 * c;
}

std::uint32_t call_all(std::uint32_t, std::uint32_t, std::uint32_t) {
  const time::Ticks start = user::now();
  user::sleep_until(start + 2 * kMs);
  const bool slept = user::now() - start >= 2 * kMs && user::now() - start < 3 * kMs;
  user::yield();
  const bool served = user::call(2, 'a', 1) == 'a' - 1;
  const bool shows = shown[63] == std::byte{7};
  user::print("from user mode\n");
  return slept && served && shows ? 1 : 0;
}

std::uint32_t answer_thrice(std::uint32_t, std::uint32_t, std::uint32_t) {
  std::uint32_t got = 0;
  for (int i = 0; i < 3; ++i) {
    if (user::call(0) == static_cast<std::uint32_t>(Status::kOk)) ++got;
    user::call(1);
  }
  return got;
}

void test_calls() {
  require(run_as_user(kUser, weigh, 1, 2, 3) == 321, "arguments and result");
  shown[63] = std::byte{7};
  require(run_as_user(kUser, call_all) == 1, "what user mode found");
  record.expect("b");
  static constinit std::uint32_t got = 0;
  inferring.start([](void*) { got = run_as_user(kUser, answer_thrice); });
  for (int i = 0; i < 3; ++i) {
    require(answered.take(kNoWait) == Status::kTimeout, "it waits to be asked");
    asked.give();
    require(answered.take(time::now() + kMs) == Status::kOk, "it answers");
  }
  sleep(kMs);
  require(inferring.stopped() && got == 3, "it has returned");
  inferring.start([](void*) { got = run_as_user(kUser, answer_thrice); });
  sleep(kMs);
  inferring.stop();  // within a call
  require(run_as_user(kUser, weigh, 3, 2, 1) == 123, "user mode for others after that");
}

void test_rights() {
  const auto address = [](const std::byte& byte) {
    return reinterpret_cast<std::uintptr_t>(&byte);
  };
  require(user_may_write(kUser, address(user_stack[0]), 1024), "all of its own");
  require(!user_may_write(kUser, address(user_stack[0]), 1025), "not more");
  require(!user_may_write(kUser, address(user_stack[1]), 1024), "not beyond");
  require(!user_may_write(kUser, address(shown[0]), 1), "not what is to be read");
  require(user_may_read(kUser, address(shown[4]), 60), "but read it");
  require(user_may_read(kUser, reinterpret_cast<std::uintptr_t>(&kUser), 4), "constants");
  require(!user_may_read(kUser, address(arena[0]), 1), "not others' memory");
  require(!user_may_read(kUser, address(shown[4]), UINT32_MAX), "no wrap around");
}

constinit runtime::UserInference inference(user_stack, arena);
constinit volatile std::uint32_t inferences = 0;

void infer_forever(void*) {
  while (true) {
    for (std::uint32_t i = 0; i < 16; ++i) {
      arena[kModel.inputs[0].offset + i] = static_cast<std::byte>(i + inferences);
    }
    require(inference.run(*kModel.plan).ok(), "it runs");
    for (std::uint32_t i = 0; i < 16; ++i) {
      const auto scaled = static_cast<std::byte>(2 * (i + inferences));
      require(arena[kModel.outputs[0].offset + i] == scaled, "the answer is right");
    }
    inferences = inferences + 1;
  }
}

constexpr UserRegion kOtherRegions[] = {{other_stack}, {counts}};
constexpr UserConfig kOther{.stack = other_stack, .regions = kOtherRegions, .services = services};
constinit volatile std::uint32_t rounds = 0;

// All registers that user mode has, kept through interrupts, calls and switches.
std::uint32_t count_in_user_mode(std::uint32_t seed, std::uint32_t, std::uint32_t) {
  auto* const counters = reinterpret_cast<volatile std::uint32_t*>(counts);
  for (std::uint32_t i = 0; i < 16; ++i) {
    check_floats(seed);
    check_vectors(seed);
    counters[i % 16] = counters[i % 16] + 1;
  }
  if (seed % 8 == 0) user::yield();
  return seed;
}

void count_forever(void*) {
  while (true) {
    require(run_as_user(kOther, count_in_user_mode, rounds) == rounds, "it has come back");
    rounds = rounds + 1;
  }
}

constinit volatile std::uint32_t computations = 0;

void compute_forever(void*) {
  for (std::uint32_t seed = 0x5000'0000;; ++seed) {
    check_floats(seed);
    check_vectors(seed);
    computations = computations + 1;
  }
}

void test_preemption() {
  inferring.start(infer_forever);
  counting.start(count_forever);
  in_machine_mode.start(compute_forever);
  busy.start([](void*) {
    for (time::Ticks pause = 1;; pause = pause * 7 % 1009) sleep(pause);
  });
  set_handler(Interrupt::kSoftware, [] { software_interrupt::clear(); });
  for (int i = 0; i < 200; ++i) {
    sleep(kMs / 2 + static_cast<time::Ticks>(i));
    software_interrupt::raise();
  }
  require(inferences > 50 && rounds > 4 && computations > 20, "all had their turns");
}

constinit runtime::Status ended;

void test_cancel() {
  inferring.stop();
  counting.stop();
  in_machine_mode.stop();
  require(inference.run(*kModel.plan, time::now()).code() == runtime::StatusCode::kCancelled,
          "too late");
  inferring.start([](void*) {
    do {
      ended = inference.run(*kModel.plan);
    } while (ended.ok());
  });
  sleep(5 * kMs);
  require(!inferring.stopped(), "it goes on");
  for (int i = 0; i < 10 && !inferring.stopped(); ++i) {  // it may be between two runs
    inference.cancel();
    sleep(kMs / 10);
  }
  require(inferring.stopped() && ended.code() == runtime::StatusCode::kCancelled, "cancelled");
}

void run(void*) {
  test_calls();
  test_rights();
  test_preemption();
  test_cancel();
  pass();
}

}  // namespace

int main_task() {
  test.start(run);
  run_tasks();
}

}  // namespace thimble::kernel
