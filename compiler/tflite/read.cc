// Reads a .tflite file: the whole of it is verified before anything in it is believed, and every
// index is checked before it is used.
#include <algorithm>
#include <cstring>

#include "compiler/base/file.h"
#include "compiler/tflite/file.h"
#include "compiler/tflite/operators.h"
#include "compiler/tflite/quantized.h"

namespace thimble::tflite {
namespace {

// Far above what a microcontroller can do; keeps sums within 64 bits.
constexpr std::int64_t kMostMacs = std::int64_t{1} << 56;
constexpr int kDeepestTable = 32;
constexpr int kMostTables = 1'000'000;

class Reader {
 public:
  explicit Reader(const File& file) : file_(file) {
    model_.path = file.path;
    model_.name = identifier(file.path.stem().string());
  }

  Result<Model> read() {
    if (count(file_.model.subgraphs()) == 0) return file_.damaged("it holds no graph");
    TRY(check_operators(file_));
    graph_ = file_.model.subgraphs()->Get(0);
    for (std::uint32_t i = 0; i < count(graph_->tensors()); ++i) {
      ASSIGN_OR_RETURN(Tensor tensor, read_tensor(file_, i));
      model_.tensors.push_back(std::move(tensor));
    }
    TRY(read_ends());
    for (std::uint32_t i = 0; i < count(graph_->operators()); ++i) TRY(read_operator(i));
    for (const int index : model_.outputs) TRY(check_available(index, "an output"));
    TRY(check_quantized(model_));
    return std::move(model_);
  }

 private:
  Status read_ends() {
    model_.inputs = copy(graph_->inputs());
    model_.outputs = copy(graph_->outputs());
    available_.assign(model_.tensors.size(), false);
    for (const Tensor& tensor : model_.tensors) {
      available_[static_cast<std::size_t>(tensor.index)] = tensor.constant;
    }
    if (model_.inputs.empty())
      return file_.refuse("it has no inputs; export a function of a tensor");
    if (model_.outputs.empty())
      return file_.refuse("it has no outputs; export a function's result");
    for (const int index : model_.inputs) {
      TRY(check_index(index, "an input"));
      const Tensor& tensor = model_.tensors[static_cast<std::size_t>(index)];
      if (available_[static_cast<std::size_t>(index)]) {
        return file_.damaged("tensor {} ('{}') is an input twice, or an input and a constant",
                             index, printable(tensor.name));
      }
      available_[static_cast<std::size_t>(index)] = true;
      TRY(check_end(tensor, "input"));
    }
    for (const int index : model_.outputs) {
      TRY(check_index(index, "an output"));
      TRY(check_end(model_.tensors[static_cast<std::size_t>(index)], "output"));
    }
    return {};
  }

  // Only the first dimension may be left open: it is the batch, and becomes 1. Inside the graph a
  // size may be open: it settles with the inputs.
  [[nodiscard]] Status check_end(const Tensor& tensor, std::string_view role) const {
    if (tensor.type == ElementType::kFloat16 || tensor.type == ElementType::kInt4) {
      return file_.refuse("{} '{}' is {}; set converter.inference_{}_type = tf.int8", role,
                          printable(tensor.name), name(tensor.type), role);
    }
    if (tensor.elements() == 0) {
      return file_.refuse("{} '{}' has no elements; leave it out of the exported function", role,
                          printable(tensor.name));
    }
    const std::vector<int> signature =
        copy(graph_->tensors()->Get(static_cast<std::uint32_t>(tensor.index))->shape_signature());
    const bool open = std::ranges::any_of(
        signature.empty() ? signature : std::vector(signature.begin() + 1, signature.end()),
        [](int size) { return size < 0; });
    if (!open) return {};
    return file_.refuse(
        "{} '{}' has a dynamic shape [{}]; give the shape when exporting, e.g. "
        "tf.function(input_signature=[tf.TensorSpec([1, ...], tf.float32)]) or "
        "keras.Input(shape=..., batch_size=1)",
        role, printable(tensor.name), fmt::join(signature, ", "));
  }

  [[nodiscard]] Status check_index(int index, std::string_view user) const {
    if (index >= 0 && static_cast<std::size_t>(index) < model_.tensors.size()) return {};
    return file_.damaged("{} refers to tensor {} of {}", user, index, model_.tensors.size());
  }

  [[nodiscard]] Status check_available(int index, std::string_view user) const {
    if (available_[static_cast<std::size_t>(index)]) return {};
    return file_.damaged("{} needs tensor {} ('{}') that nothing has made", user, index,
                         printable(model_.tensors[static_cast<std::size_t>(index)].name));
  }

  Status read_operator(std::uint32_t index) {
    const schema::Operator& from = *graph_->operators()->Get(index);
    Operator op;
    op.index = static_cast<int>(index);
    op.kind = operator_kind(*file_.model.operator_codes()->Get(from.opcode_index()));
    op.inputs = copy(from.inputs());
    op.outputs = copy(from.outputs());
    const std::string label = fmt::format("operator {} ({})", index, op.kind);
    if (op.kind.ends_with("_POOL_2D") && from.builtin_options() != nullptr)
      op.activation =
          schema::EnumNameActivation(from.builtin_options()->fused_activation_function());
    for (const int input : op.inputs) {
      if (input == -1) continue;
      TRY(check_index(input, label));
      TRY(check_available(input, label));
    }
    if (op.outputs.empty()) return file_.damaged("{} makes nothing", label);
    for (const int output : op.outputs) {
      TRY(check_index(output, label));
      if (available_[static_cast<std::size_t>(output)]) {
        return file_.damaged("{} makes tensor {}, which exists already", label, output);
      }
      available_[static_cast<std::size_t>(output)] = true;
    }
    macs_ += macs(model_, op);
    if (macs_ > kMostMacs)
      return file_.refuse("it needs more than {} MACs; make it smaller", kMostMacs);
    model_.operators.push_back(std::move(op));
    return {};
  }

  const File& file_;
  const schema::SubGraph* graph_ = nullptr;
  Model model_;
  std::vector<bool> available_;  // by tensor: constant, input, or made by an operator read so far
  std::int64_t macs_ = 0;
};

}  // namespace

Result<Model> parse(const std::filesystem::path& path, const std::vector<std::uint8_t>& content) {
  const auto not_tflite = [&](std::string_view why) {
    return fail(ExitCode::kBadModel,
                "{}: not a TFLite model: {}; give the file that converter.convert() returned",
                path.string(), why);
  };
  constexpr std::size_t kIdentifierEnd = 8;
  if (content.empty()) return not_tflite("the file is empty");
  if (content.size() >= FLATBUFFERS_MAX_BUFFER_SIZE) return not_tflite("it is larger than 2 GB");
  if (content.size() < kIdentifierEnd || std::memcmp(content.data() + 4, "TFL3", 4) != 0) {
    return not_tflite("it does not carry the identifier TFL3");
  }
  flatbuffers::Verifier verifier(content.data(), content.size(), kDeepestTable, kMostTables);
  if (!schema::VerifyModelBuffer(verifier)) return not_tflite("it is truncated or damaged");
  return Reader(File{path, *schema::GetModel(content.data())}).read();
}

Result<Model> read(const std::filesystem::path& path) {
  ASSIGN_OR_RETURN(const Bytes content, read_file(path));
  return parse(path, content);
}

}  // namespace thimble::tflite
