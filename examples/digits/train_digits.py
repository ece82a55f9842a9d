# Copyright the msfc authors. SPDX-License-Identifier: Apache-2.0
"""Train the sample model of msfc and quantise it to a full-integer int8 TFLite file.

The network is a small one in the style of MobileNetV2, defined here.  It reads 96x96
grey images made from the 8x8 handwritten digits which scikit-learn carries, so nothing
has to be downloaded.  Everything is seeded and runs on one thread.

Written beside this script:
    digits96_int8.tflite   the model
    test_images.npy        100 test images, int8 as the model reads them (100, 96, 96, 1)
    test_labels.npy        their classes, ten of each (100,)
    accuracy.json          accuracies, predictions, output checksums, versions
"""

import json
import os
import time
import zlib
from pathlib import Path

# Both must be set before TensorFlow is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import numpy as np
import scipy
import sklearn
import tensorflow as tf
from scipy import ndimage
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorflow import keras
from tensorflow.keras import layers
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2,
)

SEED = 20240607
IMAGE_SIZE = 96
CLASSES = 10

TRAIN_COPIES = 6        # augmented renderings of each training digit
BATCH_SIZE = 64
EPOCHS = 14
PEAK_RATE = 4e-3

CALIBRATION_IMAGES = 300
COMMITTED_PER_CLASS = 10

# (expanded channels, output channels, stride of the depthwise convolution).
# The early rows are wide in pixels and the late ones in channels: a plain layer-by-layer
# run needs its largest buffers in the first two blocks, which is what msfc is about.
STEM_CHANNELS = 8
BLOCKS = (
    (24, 8, 1),     # 48x48, residual
    (24, 16, 2),    # 48x48 -> 24x24
    (32, 16, 1),    # 24x24, residual
    (48, 24, 2),    # 24x24 -> 12x12
    (72, 24, 1),    # 12x12, residual
    (72, 40, 2),    # 12x12 -> 6x6
    (120, 40, 1),   # 6x6, residual
    (160, 48, 2),   # 6x6 -> 3x3
    (192, 48, 1),   # 3x3, residual
)
HEAD_CHANNELS = 192

# The operators the sample is meant to show; anything else in the file is an error.
ALLOWED_OPERATORS = {
    "CONV_2D", "DEPTHWISE_CONV_2D", "ADD", "MEAN", "FULLY_CONNECTED", "SOFTMAX",
}


# --- data -----------------------------------------------------------------------------


def split_digits():
    """Return {'train'|'validation'|'test': (digits 8x8 in 0..1, labels)}.

    The split is over original digits, before any augmentation, so that no rendering of
    a test digit is ever seen in training.
    """
    data = load_digits()
    digits = (data.images / 16.0).astype(np.float32)
    labels = data.target.astype(np.int64)
    rest, test, rest_labels, test_labels = train_test_split(
        digits, labels, test_size=400, stratify=labels, random_state=SEED)
    train, validation, train_labels, validation_labels = train_test_split(
        rest, rest_labels, test_size=200, stratify=rest_labels, random_state=SEED)
    return {
        "train": (train, train_labels),
        "validation": (validation, validation_labels),
        "test": (test, test_labels),
    }


def render(digit, rng):
    """Draw one 8x8 digit as a 96x96 uint8 image, moved, scaled and noised at random."""
    # The digit takes 66..88 pixels of the 96, and its centre moves by up to 8 pixels.
    extent = rng.uniform(66.0, 88.0)
    step = digit.shape[0] / extent
    centre = (IMAGE_SIZE - 1) / 2.0 + rng.uniform(-8.0, 8.0, size=2)
    offset = (digit.shape[0] - 1) / 2.0 - step * centre
    # A cubic spline sampled straight at the final size: smooth, in one resampling.
    image = ndimage.affine_transform(
        digit, [step, step], offset=offset, order=3, mode="grid-constant", cval=0.0,
        output_shape=(IMAGE_SIZE, IMAGE_SIZE))
    image = np.clip(image, 0.0, 1.0)  # the spline overshoots
    background = rng.uniform(0.0, 0.25)
    contrast = rng.uniform(0.5, 1.0 - background)
    noise = rng.normal(0.0, rng.uniform(0.01, 0.08), size=image.shape)
    image = np.clip(background + contrast * image + noise, 0.0, 1.0)
    return np.round(image * 255.0).astype(np.uint8)


def render_all(digits, labels, copies, seed):
    """Render every digit `copies` times; return uint8 images (n, 96, 96, 1), labels."""
    rng = np.random.default_rng(seed)
    images = [render(digit, rng) for _ in range(copies) for digit in digits]
    return np.stack(images)[..., np.newaxis], np.tile(labels, copies)


def to_float(images):
    """Scale uint8 images to the 0..1 the float model reads."""
    return images.astype(np.float32) / 255.0


# --- network --------------------------------------------------------------------------


def conv_bn(x, channels, kernel, stride=1, activate=True):
    """Convolution, batch normalisation and, if asked, ReLU6."""
    x = layers.Conv2D(channels, kernel, strides=stride, padding="same", use_bias=False)(x)
    x = layers.BatchNormalization(momentum=0.9)(x)
    return layers.ReLU(max_value=6.0)(x) if activate else x


def inverted_residual(x, expanded, channels, stride):
    """1x1 expand, 3x3 depthwise, 1x1 linear project, with a residual where shapes allow."""
    y = conv_bn(x, expanded, 1)
    y = layers.DepthwiseConv2D(3, strides=stride, padding="same", use_bias=False)(y)
    y = layers.BatchNormalization(momentum=0.9)(y)
    y = layers.ReLU(max_value=6.0)(y)
    y = conv_bn(y, channels, 1, activate=False)
    if stride == 1 and x.shape[-1] == channels:
        y = layers.Add()([x, y])
    return y


def build_network():
    """Return the float Keras model."""
    inputs = keras.Input((IMAGE_SIZE, IMAGE_SIZE, 1))
    x = conv_bn(inputs, STEM_CHANNELS, 3, stride=2)
    for expanded, channels, stride in BLOCKS:
        x = inverted_residual(x, expanded, channels, stride)
    x = conv_bn(x, HEAD_CHANNELS, 1)
    x = layers.GlobalAveragePooling2D()(x)
    outputs = layers.Dense(CLASSES, activation="softmax")(x)
    return keras.Model(inputs, outputs)


def train(model, train_set, validation_set):
    """Fit the model and leave in it the weights that did best on the validation set."""
    images, labels = train_set
    steps = EPOCHS * -(-len(images) // BATCH_SIZE)
    warmup = steps // 10
    rate = keras.optimizers.schedules.CosineDecay(
        PEAK_RATE / 20, steps - warmup, warmup_target=PEAK_RATE, warmup_steps=warmup)
    # Smoothed labels keep the logits small, which the 8-bit softmax input resolves better.
    model.compile(
        optimizer=keras.optimizers.Adam(rate),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.05),
        metrics=["accuracy"])
    keep_best = keras.callbacks.EarlyStopping(
        monitor="val_loss", patience=EPOCHS, restore_best_weights=True)
    one_hot = np.eye(CLASSES, dtype=np.float32)
    model.fit(
        to_float(images), one_hot[labels],
        validation_data=(to_float(validation_set[0]), one_hot[validation_set[1]]),
        batch_size=BATCH_SIZE, epochs=EPOCHS, callbacks=[keep_best], verbose=2)


# --- quantisation ---------------------------------------------------------------------


def quantise(model, calibration_images):
    """Return the bytes of the int8 TFLite file, calibrated on the uint8 images given."""
    # A batch fixed at 1 keeps shape arithmetic (SHAPE, PACK, ...) out of the graph.
    signature = tf.TensorSpec((1, IMAGE_SIZE, IMAGE_SIZE, 1), tf.float32)
    function = tf.function(lambda x: model(x, training=False)).get_concrete_function(signature)
    # Constants in place of variables: the calibrator cannot read the variables of Keras 3.
    frozen = convert_variables_to_constants_v2(function)
    converter = tf.lite.TFLiteConverter.from_concrete_functions([frozen])

    def representative_dataset():
        for image in calibration_images:
            yield [to_float(image[np.newaxis])]

    converter.optimizations = [tf.lite.Optimize.DEFAULT]
    converter.representative_dataset = representative_dataset
    converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
    converter.inference_input_type = tf.int8
    converter.inference_output_type = tf.int8
    return converter.convert()


def make_interpreter(model_bytes, reference):
    """Return an interpreter with the reference kernels, or with the optimised ones."""
    resolvers = tf.lite.experimental.OpResolverType
    interpreter = tf.lite.Interpreter(
        model_content=model_bytes, num_threads=1,
        experimental_op_resolver_type=(
            resolvers.BUILTIN_REF if reference
            else resolvers.BUILTIN_WITHOUT_DEFAULT_DELEGATES))
    interpreter.allocate_tensors()
    return interpreter


def check_file(model_bytes):
    """Raise unless the file is all-int8 and made of the allowed operators; return counts."""
    interpreter = make_interpreter(model_bytes, reference=True)
    for detail in interpreter.get_input_details() + interpreter.get_output_details():
        if detail["dtype"] != np.int8:
            raise ValueError(f"{detail['name']} is not int8")
    counts = {}
    # TFLite has no public call for the list of operators.
    for operator in interpreter._get_ops_details():
        counts[operator["op_name"]] = counts.get(operator["op_name"], 0) + 1
    unexpected = set(counts) - ALLOWED_OPERATORS
    if unexpected:
        raise ValueError(f"operators not meant to be here: {sorted(unexpected)}")
    return counts


def quantise_images(images, model_bytes):
    """Turn uint8 images into the int8 values of the model's input tensor."""
    detail = make_interpreter(model_bytes, reference=True).get_input_details()[0]
    scale, zero_point = detail["quantization"]
    values = np.round(to_float(images) / scale) + zero_point
    return np.clip(values, -128, 127).astype(np.int8)


def run_int8(model_bytes, images, reference):
    """Run int8 images one by one; return the int8 outputs (n, 10)."""
    interpreter = make_interpreter(model_bytes, reference)
    input_index = interpreter.get_input_details()[0]["index"]
    output_index = interpreter.get_output_details()[0]["index"]
    outputs = []
    for image in images:
        interpreter.set_tensor(input_index, image[np.newaxis])
        interpreter.invoke()
        outputs.append(interpreter.get_tensor(output_index)[0].copy())
    return np.stack(outputs)


# --- report ---------------------------------------------------------------------------


def choose_committed(labels):
    """Return the indices of the first ten test digits of each class, classes mixed."""
    chosen = [np.flatnonzero(labels == c)[:COMMITTED_PER_CLASS] for c in range(CLASSES)]
    return np.sort(np.concatenate(chosen))


def accuracy(scores, labels):
    """Return the share of rows whose largest score is at the label."""
    return round(float(np.mean(np.argmax(scores, axis=1) == labels)), 4)


def main():
    """Train, quantise, measure, and write the four files."""
    started = time.monotonic()
    out_dir = Path(__file__).resolve().parent
    # One thread and deterministic kernels: float sums then keep their order between runs.
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.experimental.enable_op_determinism()
    keras.utils.set_random_seed(SEED)

    digits = split_digits()
    train_set = render_all(*digits["train"], TRAIN_COPIES, SEED + 1)
    validation_set = render_all(*digits["validation"], 2, SEED + 2)
    # One rendering of each test digit: every test image is then a different digit.
    test_images, test_labels = render_all(*digits["test"], 1, SEED + 3)

    model = build_network()
    model.summary()
    train(model, train_set, validation_set)

    model_bytes = quantise(model, train_set[0][:CALIBRATION_IMAGES])
    operators = check_file(model_bytes)

    committed = choose_committed(test_labels)
    test_int8 = quantise_images(test_images, model_bytes)
    float_scores = model.predict(to_float(test_images), batch_size=BATCH_SIZE, verbose=0)
    reference_scores = run_int8(model_bytes, test_int8, reference=True)
    optimised_scores = run_int8(model_bytes, test_int8, reference=False)
    checksums = [f"{zlib.crc32(row.tobytes()):08x}" for row in reference_scores[committed]]

    report = {
        "seed": SEED,
        "versions": {
            "tensorflow": tf.__version__,
            "keras": keras.__version__,
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "scipy": scipy.__version__,
        },
        "digits": {name: len(labels) for name, (_, labels) in digits.items()},
        "train_images": len(train_set[0]),
        "parameters": model.count_params(),
        "file_bytes": len(model_bytes),
        "operators": operators,
        "float_accuracy": {
            "test": accuracy(float_scores, test_labels),
            "committed": accuracy(float_scores[committed], test_labels[committed]),
        },
        # All int8 figures are of the reference kernels, except the last of this group.
        "int8_accuracy": {
            "test": accuracy(reference_scores, test_labels),
            "committed": accuracy(reference_scores[committed], test_labels[committed]),
            "test_optimised_kernels": accuracy(optimised_scores, test_labels),
        },
        "committed_predictions": np.argmax(reference_scores[committed], axis=1).tolist(),
        "first_output_crc32": checksums[0],
        "committed_output_crc32": checksums,
    }

    (out_dir / "digits96_int8.tflite").write_bytes(model_bytes)
    np.save(out_dir / "test_images.npy", test_int8[committed])
    np.save(out_dir / "test_labels.npy", test_labels[committed])
    (out_dir / "accuracy.json").write_text(json.dumps(report, indent=2) + "\n")
    print(json.dumps({k: v for k, v in report.items() if "committed_" not in k}, indent=2))
    print(f"{time.monotonic() - started:.0f} s")


if __name__ == "__main__":
    main()
