// Binds C++ functions to JavaScript by their parameter types, so that they are plain functions.
//
//   bind<&scale>(env, exports, "scale");      void scale(Bytes values, double factor)
//
// A parameter is an int, double, bool, Bytes (a typed array), Ints (an Int32Array) or Doubles (a Float64Array). Results:
// void, int, double, bool, std::string. C++ exceptions become JavaScript errors.
#pragma once
#include <node_api.h>

#include <cstdint>
#include <exception>
#include <stdexcept>
#include <string>
#include <utility>

struct Ints {
  const int32_t* data;
  int size;
  int operator[](int i) const { return data[i]; }
};

// A Float64Array, to be read or filled during the call.
struct Doubles {
  double* data;
  int size;
  double& operator[](size_t i) const { return data[i]; }
};

// A typed array that JavaScript allocated; it may only be used during the call.
struct Bytes {
  void* data;
  size_t size;
};

namespace napi {

inline void check(napi_status status, const char* expected) {
  if (status != napi_ok) throw std::invalid_argument(std::string("native call: expected ") + expected);
}

template <class T>
struct Argument;

// A value that Node-API reads by `get`.
template <class T>
T read(napi_env env, napi_value value, napi_status (*get)(napi_env, napi_value, T*), const char* expected) {
  T result;
  check(get(env, value, &result), expected);
  return result;
}

template <>
struct Argument<int> {
  static int from(napi_env env, napi_value value) { return read(env, value, napi_get_value_int32, "an integer"); }
};
template <>
struct Argument<double> {
  static double from(napi_env env, napi_value value) { return read(env, value, napi_get_value_double, "a number"); }
};
template <>
struct Argument<bool> {
  static bool from(napi_env env, napi_value value) { return read(env, value, napi_get_value_bool, "a boolean"); }
};
template <>
struct Argument<Bytes> {
  static Bytes from(napi_env env, napi_value value) {
    napi_typedarray_type type;
    size_t length;
    void* data;
    check(napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr), "a typed array");
    const bool single = type == napi_int8_array || type == napi_uint8_array || type == napi_uint8_clamped_array;
    const bool twice = type == napi_int16_array || type == napi_uint16_array;
    const bool eight = type == napi_float64_array || type == napi_bigint64_array || type == napi_biguint64_array;
    return {data, length * (single ? 1 : twice ? 2 : eight ? 8 : 4)};
  }
};
template <>
struct Argument<Ints> {
  static Ints from(napi_env env, napi_value value) {
    const Bytes bytes = Argument<Bytes>::from(env, value);
    return {static_cast<const int32_t*>(bytes.data), int(bytes.size / 4)};
  }
};
template <>
struct Argument<Doubles> {
  static Doubles from(napi_env env, napi_value value) {
    const Bytes bytes = Argument<Bytes>::from(env, value);
    return {static_cast<double*>(bytes.data), int(bytes.size / 8)};
  }
};
template <class T>
napi_value made(napi_env env, napi_status (*create)(napi_env, T, napi_value*), T value) {
  napi_value out;
  create(env, value, &out);
  return out;
}
inline napi_value result(napi_env env, int value) { return made(env, napi_create_int32, value); }
inline napi_value result(napi_env env, double value) { return made(env, napi_create_double, value); }
inline napi_value result(napi_env env, bool value) { return made(env, napi_get_boolean, value); }
inline napi_value result(napi_env env, const std::string& value) {
  napi_value out;
  napi_create_string_utf8(env, value.c_str(), value.size(), &out);
  return out;
}

template <auto function>
struct Binding;

template <class R, class... P, R (*function)(P...)>
struct Binding<function> {
  template <size_t... I>
  static napi_value invoke(napi_env env, [[maybe_unused]] napi_value* values, std::index_sequence<I...>) {
    if constexpr (std::is_void_v<R>) {
      function(Argument<std::decay_t<P>>::from(env, values[I])...);
      return nullptr;
    } else {
      return result(env, function(Argument<std::decay_t<P>>::from(env, values[I])...));
    }
  }
  static napi_value call(napi_env env, napi_callback_info info) {
    try {
      size_t count = sizeof...(P);
      napi_value values[sizeof...(P) + 1];
      check(napi_get_cb_info(env, info, &count, values, nullptr, nullptr), "a call");
      if (count < sizeof...(P)) throw std::invalid_argument("native call: expected " + std::to_string(sizeof...(P)) + " arguments");
      return invoke(env, values, std::index_sequence_for<P...>{});
    } catch (const std::bad_alloc&) {
      napi_throw_error(env, "ENOMEM", "out of memory: choose a smaller batch size");
    } catch (const std::exception& error) {
      napi_throw_error(env, nullptr, error.what());
    }
    return nullptr;
  }
};

}  // namespace napi

template <auto function>
void bind(napi_env env, napi_value exports, const char* name) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, napi::Binding<function>::call, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}
