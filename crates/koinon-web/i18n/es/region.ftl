# La región, una comunidad y palabras de las páginas de lectura.
days =
    { $n ->
        [one] { $n } día
       *[other] { $n } días
    }
minutes =
    { $n ->
        [one] { $n } minuto
       *[other] { $n } minutos
    }
part-of = { $part } de { $all }
pieces-of-item = { $n } × { $item }
amount-of-item = { $amount } de { $item }
nothing-known = no se sabe nada
take-away = Llévese esta tabla:
take-away-sheet = hoja de cálculo
col-what = Qué
col-how-much = Cuánto
col-from = De
col-to = A
col-why = Por qué
col-look = Ver
col-when = Cuándo
col-day = Día
col-place = Lugar
col-store = Almacén
col-community = Comunidad
col-stands = Cómo está
col-lasts = Alcanza para
col-keep = Lo que guardamos
col-on-hand = Hay ahora
col-free = Se puede dar
col-set-aside = Apartado
col-coming = En camino aquí
col-as-of = Última anotación
col-good-until = Bueno hasta

region-has-food =
    { $n ->
        [one] { $place } tiene comida para { $n } día.
       *[other] { $place } tiene comida para { $n } días.
    }
region-has-water =
    { $n ->
        [one] { $place } tiene agua para { $n } día.
       *[other] { $place } tiene agua para { $n } días.
    }
region-low-food = { $place } tiene menos comida de la que debe guardar.
region-low-water = { $place } tiene menos agua de la que debe guardar.
region-can-help = { $helper } puede ayudar.
region-help-agreed = La ayuda de { $helper } está prometida.
region-no-help-yet = Todavía no se ha encontrado cómo ayudar.
region-one-thing = Todos tienen comida y agua suficientes. A { $place } le falta { $item }: alcanza para { $days }.
region-one-thing-short = Todos tienen comida y agua suficientes. A { $place } le falta { $item }.
region-thing-days = A { $place } le falta { $item }: alcanza para { $days }.
region-thing = A { $place } le falta { $item }.
region-nothing-counted = Aquí todavía no se conoce ningún recuento. Empieza por contar.
region-nobody-heard = Hace tiempo que no hay noticias de nadie; lo que se sabe es demasiado viejo para fiarse.
region-no-food-counted = De comida y agua todavía no se sabe nada. { $counted } de { $of } comunidades han contado otras cosas.
region-unclear = A nadie de quien hay noticias le falta nada, pero de { $unknown } de { $of } comunidades no se sabe bastante.
region-silent =
    { $others ->
        [0] Todos los que se han oído tienen suficiente. De { $place } no hay noticias desde hace tiempo.
        [one] Todos los que se han oído tienen suficiente. De { $place } y { $others } más no hay noticias desde hace tiempo.
       *[other] Todos los que se han oído tienen suficiente. De { $place } y { $others } más no hay noticias desde hace tiempo.
    }
region-everyone-days =
    { $n ->
        [one] Todos tienen comida para { $n } día o más.
       *[other] Todos tienen comida para { $n } días o más.
    }
region-everyone = Todos tienen comida y agua suficientes.
region-none-yet = Este ordenador todavía no tiene región.
status-uncounted = Sin contar todavía
region-lead-days = { $enough } de { $of } comunidades tienen comida para { $n } días o más.
region-lead = { $enough } de { $of } comunidades tienen comida suficiente.
region-map = La región
region-map-desc = { $n } comunidades, sus rutas y lo que se sugiere o se ha prometido entre ellas.
region-map-note = comida para { $food }, agua para { $water }
region-map-note-food = comida para { $food }
region-col-what = Qué
region-col-stands = Cómo está
region-col-more = Más
region-hub = Centro común
region-route-closed = cerrada
region-route-note = { $km } km, { $minutes } minutos
region-suggested = sugerido
region-least = Quién tiene menos
region-worst = Lo más bajo:
region-bars-note = Las barras muestran días de comida. La marca está en { $n } días.
region-just-now = Lo que acaba de pasar
region-quiet = Nada nuevo todavía.
region-suggestions = Lo que se podría enviar
region-worked-out = calculado
region-no-suggestions = Ahora no hace falta enviar nada: nadie está por debajo de lo que guarda, o nadie tiene bastante para dar.
region-still-thinking = Se está calculando.
region-more-suggestions =
    { $n ->
        [one] { $n } sugerencia más
       *[other] { $n } sugerencias más
    }
region-why = ¿Por qué?
region-you-could = Podrían enviar { $what } a { $to }
region-look-and-decide = Ver y decidir
region-food-median = Comida (la mitad tiene más)
region-water-median = Agua (la mitad tiene más)
region-food = Comida
region-water = Agua
region-enough-of = { $part } de { $all } tienen suficiente
region-have-enough = comunidades tienen suficiente
region-in-touch = Comunidades en contacto
region-in-touch-note = Ver a quién se oyó y cuándo
region-open-transfers = Envíos en marcha
region-on-the-way =
    { $n ->
        [0] ninguno suyo en camino
        [one] { $n } suyo en camino
       *[other] { $n } suyos en camino
    }
region-history = La comida en { $place } con el tiempo
region-history-desc = Para cuántos días habría alcanzado la comida en { $place } cada día.
region-curve-desc = De { $from } el { $since } a { $to } ahora.
region-keeps = lo que guardamos: { $days }
mode-road = carretera
mode-rail = tren
mode-shuttle = lanzadera
mode-water = barco
mode-wire = línea eléctrica
mode-pipe = tubería
mode-fibre = línea de datos
because-must-have = { $to } lo pidió: dependen vidas de ello
because-asked = { $to } lo pidió
because-spoiling = En { $from } se echaría a perder
because-cover = En { $to } alcanza ahora para { $before } días, después para { $after }
because-less-than-a-day = Añade menos de un día: en { $to } dura { $days }
because-less = { $to } tiene menos de lo que debe guardar

did-count = { $who } contó { $what }
did-take-in = { $who } recibió { $what }
did-lose = { $who } perdió { $what }
did-correct = { $who } corrigió una anotación de { $item }
did-hold = { $who } apartó { $item } para que no se use
did-recall = { $who } pidió de vuelta { $item }
did-need = { $who } necesita { $what }
did-offer = { $who } ofrece { $what }
did-promise = { $who } prometió { $what } a { $other }
did-accept = { $who } dijo que sí a { $what } de { $other }
did-decline = { $who } dijo que no a { $what } de { $other }
did-counter = { $who } preferiría otra cosa en vez de { $what } de { $other }
did-object = { $who } se opone a { $what } de { $other }
did-withdraw = { $who } retiró su promesa de { $what } a { $other }
did-send = { $who } envió { $what } a { $other }
did-receive = { $who } recibió { $what } de { $other }
did-adopt = { $who } sigue un archivo de región nuevo
did-recover = Dos personas responsables de { $who } dieron a alguien un código nuevo para entrar

community-lead =
    { $n ->
        [one] Aquí vive { $n } persona.
       *[other] Aquí viven { $n } personas.
    }
community-unknown = Todavía no se sabe nada de la comida en { $place }
community-enough = { $place } tiene comida suficiente
community-heard = últimas noticias
community-yours = su comunidad
community-watch = Se está acabando
community-all-stock =
    { $n ->
        [one] { $n } cosa en el almacén
       *[other] Las { $n } cosas del almacén
    }
community-nothing-short = No se está acabando nada.
community-needs = Necesidades
community-no-needs = Ahora no se pide nada.
community-by = hasta el
community-offers = Ofertas
community-no-offers = Ahora no se ofrece nada.
community-take-please = llévenselo, por favor
community-until = hasta el
community-no-transfers = No hay nada en marcha entre esta comunidad y otras.
community-hubs = Centros comunes a su cuidado
community-see-stock = Ver el almacén
did-close-route = { $who }: ruta { $route } { $how }
did-open-route = { $who }: la ruta { $route } está abierta otra vez
did-pause = { $who } no da { $item } por un tiempo
did-enough = { $who } no quiere más { $item } por un tiempo
did-wish = { $who } dijo cuánto le importa { $item }
did-ask-count = { $who } pide a { $other } que vuelva a contar { $item }
region-routes-left-out = Se dibujan las rutas más cercanas y las que se usan; { $n } más unen directamente otros lugares.
region-arrows-left-out =
    { $n ->
        [one] Otro está solo en la tabla.
       *[other] Otros { $n } están solo en la tabla.
    }
days-over-a-year = más de un año
region-lead-in-touch = { $part } de { $of } comunidades están en contacto.
region-last-heard = Última noticia de { $place }:
region-never-heard = De { $place } nunca hubo noticias
region-never = nunca hubo noticias
region-not-heard = Hoy sin noticias
region-more-silent =
    { $n ->
        [one] { $n } comunidad más
       *[other] { $n } comunidades más
    }
not-for-guests = no se muestra a invitados
not-for-guests-note = A los invitados no se les muestran cantidades ni días.
because-agreed = Acordado con { $to } para el { $day }, como entrega regular
did-propose-standing = { $who } propuso una entrega regular a { $other }
did-agree-standing = { $who } aceptó una entrega regular con { $other }
did-decline-standing = { $who } dijo que no a una entrega regular con { $other }
did-end-standing = { $who } terminó una entrega regular con { $other }
