"""Page: a picture through VGG-16, its coarse class map, and the map at full size."""

import streamlit as st

from fcnlib import class_map, images, ui, vgg
from fcnlib import segmentation as library
from fcnlib.ui import segmentation, weights

ui.setup("pages/segmentation.py")
st.markdown(
    "VGG-16 was trained to name whole pictures. With its last layers turned into convolutions it "
    "names every 32 × 32 px cell of a picture instead. The scores of its 1000 classes are then "
    "enlarged by a bilinear kernel, and every pixel takes the class with the best score."
)
st.caption(
    "What this shows is where a classifier was evaluated and what it thought of each place. It "
    "was never trained to segment; a fully convolutional network that was is called FCN-32s."
)

ready = weights.ready("segmentation")
result = segmentation.run(ready=ready)
if result is not None:
    segmentation.show(result)

ui.show_source(
    library.segment,
    images.subtract_mean,
    images.pad_to_multiple,
    vgg.vgg_16,
    class_map.upsampled_argmax,
    key="segmentation_source_code",
)
